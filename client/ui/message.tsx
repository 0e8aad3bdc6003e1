/** One message: its bubble, what people think of it, and what can be done with it. */

import type { TargetedMouseEvent } from 'preact'
import type { Pending, Reaction } from '../api.ts'
import { Avatar } from './avatar.tsx'
import type { Deeds } from './deeds.ts'
import { hueOf } from './hash.ts'
import { holdFocus, passFocus } from './list-keys.ts'
import { memo } from './memo.tsx'
import { Actions } from './message-actions.tsx'
import { MessageBody } from './message-body.tsx'
import { clock } from './now.ts'
import { Reactions } from './reactions.tsx'
import { Ring } from './ring.tsx'
import { withoutField } from './words.ts'

export interface MessageProps {
  id: string
  by: string
  name: string
  body: string
  at: number
  edited: number | null
  expires: number | null
  opens: boolean
  closes: boolean
  isMine: boolean
  state: 'stored' | 'waiting' | 'failed'
  pending: Pending | null
  reactions: readonly Reaction[]
  isPinned: boolean
  /** It shows its actions although no pointer is on it, and is the one that Tab reaches. */
  isActive: boolean
  isBeingEdited: boolean
  trouble: string | null
  me: string
  nameOf(id: string): string
  deeds: Deeds
}

/** Longer texts are read from the message itself, not from its name. */
const MOST_NAMED = 300

export const Message = memo((props: MessageProps) => {
  const { id, by, name, body, at, opens, closes, isMine, state, pending, trouble } = props
  const time = clock.time(at)
  const spoken = body.length > MOST_NAMED ? `${body.slice(0, MOST_NAMED)}…` : body
  const classes = ['message', isMine ? 'mine' : 'theirs', state]
  if (opens) classes.push('opens')
  if (closes) classes.push('closes')
  if (props.isActive) classes.push('active')
  if (props.isBeingEdited) classes.push('in-hand')
  const isAnswered = state === 'stored'
  return (
    <article
      id={`message-${id}`}
      class={classes.join(' ')}
      aria-label={`${name}: ${spoken}, ${time}`}
      data-message={id}
      tabIndex={props.isActive ? 0 : -1}
    >
      {!isMine && <span class="face">{opens && <Avatar id={by} />}</span>}
      <div class="stack">
        {isAnswered && (
          <Actions
            message={id}
            body={body}
            isMine={isMine}
            isPinned={props.isPinned}
            canBePinned={props.expires === null}
            isActive={props.isActive}
            deeds={props.deeds}
          />
        )}
        {opens && !isMine && (
          <span class="by person" style={{ '--hue': String(hueOf(by)) }}>
            {name}
          </span>
        )}
        <div class="line">
          <div class="bubble">
            <MessageBody text={body} />
            {props.edited !== null && (
              <span class="edited" title={clock.exact(props.edited)}>
                edited
              </span>
            )}
            {props.expires !== null && <Ring from={at} until={props.expires} />}
          </div>
          <time class="at" dateTime={new Date(at).toISOString()} title={clock.exact(at)}>
            {time}
          </time>
        </div>
        {props.reactions.length > 0 && (
          <Reactions
            message={id}
            reactions={props.reactions}
            me={props.me}
            nameOf={props.nameOf}
            deeds={props.deeds}
          />
        )}
        {state === 'failed' && pending && <Failed pending={pending} deeds={props.deeds} />}
        {trouble && (
          <p class="error" role="alert">
            {trouble}
          </p>
        )}
      </div>
    </article>
  )
})

function Failed({ pending, deeds }: { pending: Pending; deeds: Deeds }) {
  const retry = ({ currentTarget }: TargetedMouseEvent<HTMLButtonElement>) => {
    holdFocus(currentTarget)
    deeds.retry(pending.id)
  }
  const discard = (event: TargetedMouseEvent<HTMLButtonElement>) => {
    if (pending.name === 'message.send') passFocus(event)
    else holdFocus(event.currentTarget)
    deeds.discard(pending.id)
  }
  return (
    <p class="failed-line">
      <span class="error" role="alert">
        {withoutField(pending.why ?? 'It was not sent.')}
      </span>
      <button type="button" class="link-button" onClick={retry}>
        Retry
      </button>
      <button type="button" class="link-button danger" onClick={discard}>
        Discard
      </button>
    </p>
  )
}
