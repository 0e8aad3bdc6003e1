/** The box in which messages are written, and those of one's own are edited. */

import { effect, useComputed } from '@preact/signals'
import type { TargetedKeyboardEvent } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { bytesOf, lengthOf } from '../../src/state/text.ts'
import type { OpenRoom } from '../api.ts'
import { Refused } from '../errors.ts'
import { refusalOf } from './deeds.ts'
import { addToDraft, draftOf, keepDraft } from './drafts.ts'
import { Icon } from './icon.tsx'
import { sentenceOf } from './navigation.ts'
import type { Editing } from './page.ts'
import { usePage } from './page.ts'
import { reveal } from './reveal.ts'
import { lastOwn } from './rows.ts'
import { Temporary } from './temporary.tsx'
import { Typing } from './typing.tsx'

/** From this many characters before the limit on, they are counted. */
const NEAR = 200

const isTouch = () => matchMedia('(pointer: coarse)').matches

export function Composer() {
  const page = usePage()
  const open = page.open.value
  const isGone = useComputed(() => {
    page.beat.value
    return page.open.value?.isGone ?? false
  }).value
  const editing = page.editing.value
  const box = useRef<HTMLTextAreaElement>(null)
  const [text, setText] = useState('')
  const [ttl, setTtl] = useState<number | null>(null)
  const room = open?.id ?? null
  const edited = editing?.message ?? null
  const hadRoom = useRef(false)
  const lastEdited = useRef<Editing | null>(null)

  const write = (value: string) => {
    if (box.current) box.current.value = value
    setText(value)
    fit(box.current)
  }

  // Another room, or the beginning and end of an edit: what belongs there, and the cursor at its end.
  useLayoutEffect(() => {
    const area = box.current
    if (!area) return
    const left = lastEdited.current
    lastEdited.current = editing
    if (left && room !== null && left.room !== room && area.value !== left.body)
      addToDraft(left.room, area.value)
    const kept = room === null ? '' : draftOf(room)
    const begun = hadRoom.current ? kept : kept || area.value // typed before any room was there
    hadRoom.current = room !== null
    write(editing ? editing.body : begun)
    area.setSelectionRange(area.value.length, area.value.length)
    if (editing || !isTouch()) area.focus({ preventScroll: true })
  }, [room, edited])

  // A message that goes takes its edit along, but not what was written.
  useEffect(
    () =>
      effect(() => {
        page.beat.value
        const now = page.editing.value
        if (!now || !page.open.value?.room.trace('message', now.message)?.gone) return
        const written = box.current?.value ?? now.body
        const isChanged = written !== now.body
        if (isChanged) addToDraft(now.room, written)
        cancel()
        page.problem.value = `The message that you were editing does not exist any more.${isChanged ? ' What you wrote is your draft now.' : ''}`
      }),
    [page],
  )

  const limits = page.limits.value
  const left = limits ? limits.body - lengthOf(text) : null
  const isTooLong = limits !== null && (lengthOf(text) > limits.body || bytesOf(text) > limits.bodyBytes)
  const canSend = open !== null && !isGone && text.trim() !== '' && !isTooLong

  const cancel = () => {
    page.editing.value = null
  }
  const edit = (room: OpenRoom, message: string, body: string) => {
    room.edit(message, body).stored.catch((error: unknown) => {
      // Any other refusal stands in the timeline, with its reason.
      if (!(error instanceof Refused) || error.code !== 'not_found') return
      addToDraft(room.id, body)
      if (page.open.value?.id === room.id && !page.editing.value) write(draftOf(room.id))
      page.problem.value = `Your change was not saved. ${sentenceOf(error)} What you wrote is a draft now.`
    })
  }
  const send = () => {
    if (!open || !canSend) return
    const body = tidy(text)
    const why = refusalOf(() => {
      if (!editing) open.send(body, ttl === null ? {} : { ttl })
      else if (body !== editing.body) edit(open, editing.message, body)
    })
    if (why) page.problem.value = `This was not sent. ${sentenceOf(why)}`
    else if (editing) cancel()
    else {
      keepDraft(open.id, '')
      write('')
    }
    box.current?.focus()
  }
  const onInput = () => {
    const value = box.current?.value ?? ''
    setText(value)
    fit(box.current)
    if (!open || editing) return
    keepDraft(open.id, value)
    if (value.trim() !== '' && !isGone) open.typing()
  }
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLTextAreaElement>) => {
    // 229 is what Safari says while an input method is at work.
    if (event.isComposing || event.keyCode === 229) return
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey && !(isTouch() && !event.ctrlKey)) {
      event.preventDefault()
      send()
    } else if (event.key === 'Escape' && editing) {
      event.preventDefault()
      cancel()
    } else if (event.key === 'ArrowUp' && open && !editing && text === '' && !event.altKey) {
      const message = lastOwn(open.timeline(), page.me.value.id, page.chat.serverNow())
      if (!message) return
      event.preventDefault()
      page.editing.value = { room: open.id, message: message.id, body: message.body }
      void reveal(page, open, message.id, false)
    }
  }

  return (
    <footer class="composer">
      <Typing />
      <form
        class={editing ? 'box editing' : ttl === null ? 'box' : 'box temporary'}
        onSubmit={(event) => {
          event.preventDefault()
          send()
        }}
      >
        {editing && (
          <p class="box-head">
            <Icon name="pencil" /> Editing your message
            <button type="button" class="link-button" onClick={cancel}>
              Cancel
            </button>
          </p>
        )}
        <textarea
          ref={box}
          dir="auto"
          rows={1}
          aria-label="Message"
          aria-invalid={isTooLong}
          placeholder={ttl === null ? 'Write a message' : 'Write a message that disappears'}
          enterkeyhint={isTouch() ? 'enter' : 'send'}
          autocomplete="off"
          onInput={onInput}
          onKeyDown={onKeyDown}
        />
        <div class="box-foot">
          {!editing && <Temporary ttl={ttl} onChange={setTtl} />}
          <span class="spacer" />
          {left !== null && (isTooLong || left < NEAR) && (
            <span
              class={isTooLong ? 'counter figures error' : 'counter figures'}
              role={isTooLong ? 'alert' : undefined}
            >
              {isTooLong ? 'Too long: shorten it or send it in two.' : `${left} left`}
            </span>
          )}
          <button type="submit" class="send" aria-label={editing ? 'Save' : 'Send'} disabled={!canSend}>
            <Icon name={editing ? 'check' : 'send'} />
          </button>
        </div>
      </form>
    </footer>
  )
}

/** Without empty lines before and after; what is between stays as it was written. */
const tidy = (text: string): string => text.replace(/^(?:[^\S\n]*\n)+/, '').trimEnd()

/** Where the browser does not size a field by its content. */
function fit(area: HTMLTextAreaElement | null): void {
  if (!area || CSS.supports('field-sizing', 'content')) return
  area.style.height = 'auto'
  area.style.height = `${area.scrollHeight}px`
}
