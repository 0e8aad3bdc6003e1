/** A guest's portrait, drawn on the spot. It is decoration: the name stands beside it. */

import type { JSX } from 'preact'
import type { Portrait } from './avatar.ts'
import { portraitOf } from './avatar.ts'
import { memo } from './memo.tsx'

export const Avatar = memo(({ id }: { id: string }) => {
  const portrait = portraitOf(id)
  const style = { '--hue': String(portrait.hue), '--ground': String(portrait.ground) }
  return (
    <svg class="avatar person" viewBox="0 0 40 40" style={style} aria-hidden="true">
      <path class="wall" d="M0 0h40v40H0z" />
      {behind[portrait.wears]?.()}
      <path class="cloth" d="M5 41c0-8 6-11.5 15-11.5S35 33 35 41z" />
      <g transform={`rotate(${portrait.tilt} 20 24)`}>
        {heads[portrait.head]}
        <g transform={`translate(${portrait.glance * 0.4} 0)`} class="feature">
          {eyes[portrait.eyes]}
          {mouths[portrait.mouth]}
        </g>
        {before[portrait.wears]?.()}
      </g>
    </svg>
  )
})

const heads: Record<Portrait['head'], JSX.Element> = {
  round: <circle class="skin" cx="20" cy="20" r="11.5" />,
  egg: <ellipse class="skin" cx="20" cy="20" rx="10.5" ry="12.5" />,
  soft: <rect class="skin" x="9" y="8.5" width="22" height="23" rx="8.5" />,
  pear: (
    <path
      class="skin"
      d="M20 7.5c6 0 8.5 4 9 8.5.3 2.5 2.5 4.5 2.5 8 0 5-5 8-11.5 8S8.5 29 8.5 24c0-3.5 2.2-5.5 2.5-8 .5-4.5 3-8.5 9-8.5z"
    />
  ),
}

const dot = (x: number, r: number) => <circle cx={x} cy="18.5" r={r} />
const eyes: Record<Portrait['eyes'], JSX.Element> = {
  dots: (
    <>
      {dot(15.5, 1.5)}
      {dot(24.5, 1.5)}
    </>
  ),
  ovals: (
    <>
      <ellipse cx="15.5" cy="18.5" rx="1.3" ry="2.1" />
      <ellipse cx="24.5" cy="18.5" rx="1.3" ry="2.1" />
    </>
  ),
  happy: <path class="stroke" d="M13.3 19.3c.6-2 3.8-2 4.4 0M22.3 19.3c.6-2 3.8-2 4.4 0" />,
  wink: (
    <>
      {dot(15.5, 1.6)}
      <path class="stroke" d="M22.3 18.8c1.2-.9 3.2-.9 4.4 0" />
    </>
  ),
  sleepy: <path class="stroke" d="M13.3 18.3c.6 1.5 3.8 1.5 4.4 0M22.3 18.3c.6 1.5 3.8 1.5 4.4 0" />,
  wide: (
    <>
      <circle class="white" cx="15.5" cy="18.5" r="2.8" />
      <circle class="white" cx="24.5" cy="18.5" r="2.8" />
      {dot(15.8, 1.4)}
      {dot(24.8, 1.4)}
    </>
  ),
}

const mouths: Record<Portrait['mouth'], JSX.Element> = {
  smile: <path class="stroke" d="M16 24.5c1.8 2.4 6.2 2.4 8 0" />,
  grin: <path d="M15.5 23.8h9c-.3 5-8.7 5-9 0z" />,
  small: <path class="stroke" d="M18.3 25.3c.8.8 2.6.8 3.4 0" />,
  flat: <path class="stroke" d="M17 25.5h6" />,
  side: <path class="stroke" d="M16.5 25.8c2.8.4 5-.2 7-1.8" />,
  oh: <ellipse cx="20" cy="25.5" rx="1.7" ry="2" />,
}

type Drawn = Partial<Record<Portrait['wears'], () => JSX.Element>>

/** Drawn behind the head. */
const behind: Drawn = {
  bun: () => (
    <>
      <circle class="wear" cx="20" cy="6" r="4.8" />
      <circle class="wear" cx="20" cy="18" r="12.8" />
    </>
  ),
  curls: () => (
    <>
      {[7.5, 10, 15, 20, 25, 30, 32.5].map((x, at) => (
        <circle key={x} class="wear" cx={x} cy={[19, 12, 8, 6.5, 8, 12, 19][at]} r="4.6" />
      ))}
    </>
  ),
}

/** Drawn over the face. */
const before: Drawn = {
  glasses: () => (
    <path
      class="stroke wear-line"
      d="M11.5 18.5a4 4 0 1 0 8 0 4 4 0 1 0-8 0zM20.5 18.5a4 4 0 1 0 8 0 4 4 0 1 0-8 0zM19.5 18h1"
    />
  ),
  monocle: () => (
    <path
      class="stroke wear-line"
      d="M20.3 18.5a4.2 4.2 0 1 0 8.4 0 4.2 4.2 0 1 0-8.4 0zM28.5 20c1 4 .5 7-.5 10"
    />
  ),
  moustache: () => (
    <path
      class="wear"
      d="M20 22.3c-1.5-1.6-3.6-.9-4.7.4-.8.9-1.9.9-2.8.2.7 2.5 5.5 3.2 7.5.6 2 2.6 6.8 1.9 7.5-.6-.9.7-2 .7-2.8-.2-1.1-1.3-3.2-2-4.7-.4z"
    />
  ),
  'top hat': () => <path class="wear" d="M13 10.5l-1-9h16l-1 9 4 .5c1 .2 1 1.8 0 2H9c-1-.2-1-1.8 0-2z" />,
  'bow tie': () => (
    <path
      class="wear"
      d="M20 33l-6.5-3.5c-.8-.4-1.5 0-1.5.8v5.4c0 .8.7 1.2 1.5.8L20 33l6.5 3.5c.8.4 1.5 0 1.5-.8v-5.4c0-.8-.7-1.2-1.5-.8z"
    />
  ),
  flower: () => (
    <>
      {[0, 72, 144, 216, 288].map((turn) => (
        <circle key={turn} class="wear" cx="29.5" cy="7.8" r="2.5" transform={`rotate(${turn} 29.5 10.6)`} />
      ))}
      <circle class="white" cx="29.5" cy="10.6" r="1.7" />
    </>
  ),
  fringe: () => (
    <path
      class="wear"
      d="M8.5 18C8 10 13 6 20 6s12 4 11.5 12c-1.5-4-4-6-6-6.5-1.5 2-4 3-6.5 3 .8-.8 1.3-1.7 1.5-2.5-5 .5-9.5 2-12 6z"
    />
  ),
  beret: () => (
    <path
      class="wear"
      d="M8 13.5C5.5 9 11 4 19.5 3.8L20 2h1.5l.2 1.9C30 4.5 34.5 9 32 13.5c-5-2.2-19-2.2-24 0z"
    />
  ),
  freckles: () => (
    <>
      {[12.5, 14.5, 13.5, 25.5, 27.5, 26.5].map((x, at) => (
        <circle key={x} class="wear" cx={x} cy={at % 3 === 2 ? 23.6 : 22} r="0.6" />
      ))}
    </>
  ),
}
