/** Who is in this room: those who are here first. */

import { useEffect, useState } from 'preact/hooks'
import type { OpenRoom } from '../api.ts'
import { Avatar } from './avatar.tsx'
import { Icon } from './icon.tsx'
import { memo } from './memo.tsx'
import { peopleInOrder } from './news.ts'
import { usePage } from './page.ts'

/** People shown at once; “Show more” adds as many. */
const STEP = 200

export function PeopleColumn() {
  const page = usePage()
  const open = page.open.value
  return (
    <aside class="people" aria-label="People in this room">
      <div class="people-head">
        <h2>People</h2>
        <Count />
        <button
          type="button"
          class="icon-button only-drawer"
          aria-label="Close people"
          onClick={() => {
            page.drawer.value = null
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      {open ? <People key={open.id} open={open} /> : <ul aria-label="People" />}
    </aside>
  )
}

function Count() {
  const page = usePage()
  page.beat.value
  const open = page.open.value
  const isKnown = open?.isReady && page.status.value === 'connected'
  return <span class="hint figures">{isKnown ? `${open.present} here` : ''}</span>
}

function People({ open }: { open: OpenRoom }) {
  const page = usePage()
  page.beat.value
  const [most, setMost] = useState(STEP)
  const [hasMore, setHasMore] = useState(false)

  const load = () => {
    open.loadMembers().then(setHasMore, () => setHasMore(true)) // without a connection: later, by the button
  }
  useEffect(() => {
    open.ready().then(load, () => undefined) // no such room: the conversation says so
  }, [open])

  const me = page.me.value.id
  const online = new Set(page.status.value === 'connected' ? open.online : [])
  for (const id of online) open.member(id) // fetches who is not known yet
  const people = peopleInOrder(open.members(), online, me)
  return (
    <div class="people-scroll">
      <ul aria-label="People">
        {people.slice(0, most).map((person) => (
          <Person
            key={person.id}
            id={person.id}
            name={person.name}
            isMe={person.id === me}
            isOwner={person.rank === 'owner'}
            isHere={online.has(person.id)}
          />
        ))}
      </ul>
      {(hasMore || people.length > most) && (
        <button
          type="button"
          class="button plain"
          onClick={() => {
            setMost(most + STEP)
            if (hasMore) load()
          }}
        >
          Show more
        </button>
      )}
    </div>
  )
}

interface PersonProps {
  id: string
  name: string
  isMe: boolean
  isOwner: boolean
  isHere: boolean
}

const Person = memo(({ id, name, isMe, isOwner, isHere }: PersonProps) => (
  <li class={isHere ? 'person-row here' : 'person-row'}>
    <span class="face">
      <Avatar id={id} />
      <span class="presence" />
    </span>
    <span class="person-name">{name}</span>
    {isMe && <span class="hint">you</span>}
    {isOwner && !isMe && <span class="hint">host</span>}
    <span class="hidden-text">{isHere ? 'online' : 'away'}</span>
  </li>
))
