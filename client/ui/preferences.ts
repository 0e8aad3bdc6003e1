/** How this person likes the page on this device: theme, sound, notifications. */

import { effect, signal } from '@preact/signals'
import { recall, remember } from './storage.ts'

export const themes = ['light', 'dark', 'system'] as const
export type Theme = (typeof themes)[number]

const isTheme = (text: string | null): text is Theme => themes.some((theme) => theme === text)

function recalledTheme(): Theme {
  const kept = recall('theme')
  return isTheme(kept) ? kept : 'system'
}

export const theme = signal<Theme>(recalledTheme())
/** A soft sound when something is said while the page is not looked at. */
export const sound = signal(recall('sound') !== 'off')
/** What the person wants; the browser must allow it too. */
export const notifications = signal(recall('notifications') === 'on')

/** Puts the theme on the page, and keeps every choice. */
export function applyPreferences(root: HTMLElement): void {
  effect(() => {
    root.dataset.theme = theme.value
    remember('theme', theme.value === 'system' ? null : theme.value)
  })
  effect(() => remember('sound', sound.value ? null : 'off'))
  effect(() => remember('notifications', notifications.value ? 'on' : null))
}
