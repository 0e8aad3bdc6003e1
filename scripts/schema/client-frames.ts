/**
 * What clients send, as JSON Schema: made from the very checkers that the server uses. It adds what JSON Schema
 * cannot say as `x-also`, in the words of the complaint; it never invents a rule.
 */

import type { JsonSchema } from '@valibot/to-json-schema'
import { toJsonSchema } from '@valibot/to-json-schema'
import * as v from 'valibot'
import type { Fields } from '../../src/feature.ts'
import { frames } from '../../src/features/index.ts'

export type Spec = typeof frames extends ReadonlyMap<string, infer S> ? S : never
export type { JsonSchema } from '@valibot/to-json-schema'

const ref: JsonSchema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }

/** Frames that people may send; the others are the server's own. */
export const sendable: ReadonlyMap<string, Spec> = new Map(
  [...frames].filter(([, spec]) => permitOf(spec) !== 'system'),
)

/** Who may send it. What looks or signals is for those who are in the room. */
export function permitOf(spec: Spec): string {
  if (spec.kind === 'command' || spec.kind === 'query') return spec.rules.permit
  return spec.name === 'beat' || spec.name === 'room.close' ? 'anyone' : 'member'
}

/** Against which rate it counts; all count as frames. */
export const weightOf = (spec: Spec): string =>
  spec.kind === 'command' && spec.rules.weight === 'message' ? 'message' : 'light'

/** The frame as it must look for the server to consider it. Necessary; `x-also` makes it sufficient. */
export function clientSchema(spec: Spec): JsonSchema {
  const { properties, required = [] } = fieldsSchema(spec.fields)
  return {
    type: 'object',
    properties: { t: { const: spec.name }, ref, ...properties },
    required: ['t', ...required],
    ...{ 'x-kind': spec.kind, 'x-permit': permitOf(spec), 'x-weight': weightOf(spec) },
  }
}

function fieldsSchema(fields: Fields): JsonSchema {
  return toJsonSchema(v.object(fields), {
    target: 'draft-2020-12',
    typeMode: 'input',
    errorMode: 'ignore',
    overrideAction({ valibotAction, jsonSchema }) {
      if (!('type' in valibotAction) || valibotAction.type !== 'check') return undefined
      const message = 'message' in valibotAction ? String(valibotAction.message) : ''
      const also = 'x-also' in jsonSchema && Array.isArray(jsonSchema['x-also']) ? jsonSchema['x-also'] : []
      return { ...jsonSchema, ...{ 'x-also': [...also, message] } }
    },
  })
}
