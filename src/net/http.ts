/**
 * Node's HTTP, got without `import`: that would read every export, and with them load the whole of `fetch`, which a
 * server never uses (11 MB and 20 ms on Node 26).
 */

export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http')
