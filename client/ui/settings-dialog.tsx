/** How the page looks and when it makes itself heard; and the way out. */

import { useState } from 'preact/hooks'
import { lobbyPath } from './address.ts'
import { Dialog } from './dialog.tsx'
import type { IconName } from './icon.tsx'
import { Icon } from './icon.tsx'
import { sentenceOf } from './navigation.ts'
import { askForNotifications, whyNoNotifications } from './notify.ts'
import { usePage } from './page.ts'
import type { Theme } from './preferences.ts'
import { notifications, sound, theme, themes } from './preferences.ts'
import { Switch } from './switch.tsx'

const words: Record<Theme, { label: string; icon: IconName }> = {
  light: { label: 'Light', icon: 'sun' },
  dark: { label: 'Dark', icon: 'moon' },
  system: { label: 'System', icon: 'screen' },
}

export function SettingsDialog() {
  return (
    <Dialog title="Settings">
      <ThemeChoice />
      <div class="switches">
        <NotificationSwitch />
        <Switch
          label="Sound"
          hint="A soft one, only while you are looking elsewhere."
          isOn={sound.value}
          onChange={(isOn) => {
            sound.value = isOn
          }}
        />
      </div>
      <WayOut />
    </Dialog>
  )
}

function ThemeChoice() {
  return (
    <fieldset class="themes">
      <legend>Theme</legend>
      <div class="theme-row">
        {themes.map((one) => (
          <label key={one} class="theme">
            <input
              type="radio"
              name="theme"
              value={one}
              checked={theme.value === one}
              onChange={() => {
                theme.value = one
              }}
            />
            <Icon name={words[one].icon} />
            {words[one].label}
          </label>
        ))}
      </div>
    </fieldset>
  )
}

function NotificationSwitch() {
  const [why, setWhy] = useState(() => (notifications.value ? whyNoNotifications() : null))
  const change = async (isOn: boolean) => {
    notifications.value = isOn && (await askForNotifications())
    setWhy(isOn ? whyNoNotifications() : null)
  }
  return (
    <>
      <Switch
        label="Notifications"
        hint="When somebody writes while you are looking elsewhere."
        isOn={notifications.value && why === null}
        onChange={change}
      />
      {why && (
        <p class="error" role="alert">
          {why}
        </p>
      )}
    </>
  )
}

function WayOut() {
  const page = usePage()
  const [why, setWhy] = useState<string | null>(null)
  const logout = async () => {
    try {
      await page.chat.logout()
      history.pushState(null, '', lobbyPath)
    } catch (error) {
      setWhy(sentenceOf(error))
    }
  }
  const count = page.waiting.value
  return (
    <div class="way-out">
      <p class="hint">
        You are {page.me.value.name}, a guest without a password: after logging out you come back as somebody
        else.
        {count > 0 && ' Messages that wait to be sent are lost then.'}
      </p>
      {why && (
        <p class="error" role="alert">
          {why}
        </p>
      )}
      <div class="dialog-foot spread">
        <button
          type="button"
          class="button plain"
          onClick={() => {
            page.dialog.value = 'shortcuts'
          }}
        >
          Shortcuts
        </button>
        <button type="button" class="button danger" onClick={logout}>
          <Icon name="leave" />
          Log out
        </button>
      </div>
    </div>
  )
}
