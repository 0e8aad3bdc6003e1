/** The registry: every feature, one line each. The only list of frames there is. */

import type * as v from 'valibot'
import type { CommandAnswer, OpenAnswer, QueryAnswer } from '../protocol.ts'
import * as beat from './beat.ts'
import * as member from './member.ts'
import * as message from './message.ts'
import * as pin from './pin.ts'
import * as reaction from './reaction.ts'
import * as read from './read.ts'
import * as room from './room.ts'
import * as typing from './typing.ts'

export const features = [beat, member, message, pin, reaction, read, room, typing] as const

type Module = (typeof features)[number]
type Spec = { [M in Module as string]: M[keyof M] }[string]

/** Every frame of every feature, by name. */
export const frames: ReadonlyMap<string, Spec> = new Map(
  features.flatMap((feature) => Object.values(feature).map((spec): [string, Spec] => [spec.name, spec])),
)

/** For clients, as types only: what may be sent under a name, and what its `ok` carries. */
export type FrameName = Spec['name']
export type SpecOf<N extends FrameName> = Extract<Spec, { name: N }>
export type Sent<N extends FrameName> =
  SpecOf<N> extends { fields: infer F extends v.ObjectEntries }
    ? v.InferInput<v.ObjectSchema<F, undefined>>
    : never
export type Answered<N extends FrameName> = AnswerOf<SpecOf<N>['kind'], N>

type AnswerOf<K extends Spec['kind'], N> = K extends 'command'
  ? CommandAnswer
  : K extends 'query'
    ? QueryAnswer
    : N extends 'room.open'
      ? OpenAnswer
      : Record<string, never>
