/** Notices a long press of a finger, which is what hovering is to a mouse. */

import type { Stop } from '../api.ts'

/** ms */
const LONG = 450
/** A finger that moves further is scrolling; px. */
const STILL = 10

/** Calls with what was pressed; a short press somewhere else calls with that too. */
export function listenForPress(box: HTMLElement, pressed: (target: EventTarget | null) => void): Stop {
  let timer: ReturnType<typeof setTimeout> | undefined
  let from = { x: 0, y: 0 }
  const cancel = () => clearTimeout(timer)

  const onDown = (event: PointerEvent) => {
    if (event.pointerType !== 'touch') return
    cancel()
    from = { x: event.clientX, y: event.clientY }
    const { target } = event
    if (target instanceof Element && target.closest('.actions')) return
    timer = setTimeout(() => {
      pressed(target)
      navigator.vibrate?.(10)
    }, LONG)
  }
  const onMove = (event: PointerEvent) => {
    if (Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL) cancel()
  }
  const onUp = (event: PointerEvent) => {
    cancel()
    const { target } = event
    const isElsewhere = target instanceof Element && !target.closest('.message.active')
    if (event.pointerType === 'touch' && isElsewhere) pressed(null)
  }

  box.addEventListener('pointerdown', onDown)
  box.addEventListener('pointermove', onMove)
  box.addEventListener('pointerup', onUp)
  box.addEventListener('pointercancel', cancel)
  return () => {
    cancel()
    box.removeEventListener('pointerdown', onDown)
    box.removeEventListener('pointermove', onMove)
    box.removeEventListener('pointerup', onUp)
    box.removeEventListener('pointercancel', cancel)
  }
}
