/** A reader who can stop reading, and who counts what comes without keeping it. It looks at revs, not at texts. */

import WebSocket from 'ws'

export class SlowReader {
  rev = 0
  /** Syncs that did not continue where the last ended, and resets. */
  gaps = 0
  resets = 0
  /** Messages heard, and the last place of one. */
  messages = 0
  #born = 0
  misplaced = 0
  isClosed = false
  /** Connects again when it is cut, and goes on from where it was. */
  comesBack = false
  /** The codes it was closed with. */
  readonly codes: number[] = []
  readonly #port: number
  readonly #token: string
  readonly #room: string
  /** Under which `rev` was learnt, and that of the server now. */
  #epoch = ''
  #now = ''
  #socket: WebSocket | null = null
  #ready: (() => void) | null = null

  constructor(port: number, token: string, room: string) {
    this.#port = port
    this.#token = token
    this.#room = room
  }

  /** Resolves when the room is open and everything missed has come. Rejects when it ends before. */
  connect(code?: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}/ws`, {
      headers: { authorization: `Bearer ${this.#token}` },
      perMessageDeflate: false,
    })
    this.#socket = socket
    this.isClosed = false
    this.#ready = resolve
    socket.on('message', (data: Buffer) => this.#hear(data, code))
    // The close follows.
    socket.on('error', () => undefined)
    socket.on('close', (closeCode) => {
      if (socket !== this.#socket) return
      this.isClosed = true
      this.codes.push(closeCode)
      reject(new Error(`closed with ${closeCode}`))
      // Cut again on the way back, it comes back again.
      if (this.comesBack) this.connect().catch(() => undefined)
    })
    return promise
  }

  /** Resolves when the message has come back. */
  async say(id: string): Promise<void> {
    const { rev } = this
    this.#socket?.send(JSON.stringify({ t: 'message.send', room: this.#room, id, body: id }))
    while (this.rev === rev && !this.isClosed) await new Promise((resolve) => setTimeout(resolve, 1))
  }

  /** Asks for long pages, and reads no answer. */
  ask(times: number): void {
    this.stop()
    for (let ref = 10; ref < 10 + times; ref += 1)
      this.#socket?.send(JSON.stringify({ t: 'message.history', ref, room: this.#room, limit: 200 }))
  }

  stop(): void {
    this.#socket?.pause()
  }
  /** Reads on, or comes back if it was cut meanwhile: a socket that is not read does not even notice its end. */
  goOn(): void {
    this.comesBack = true
    this.#socket?.resume()
  }
  end(): void {
    this.comesBack = false
    this.#socket?.terminate()
  }

  #hear(data: Buffer, code: string | undefined): void {
    const head = data.toString('latin1', 0, 400)
    const kind = /^\{"t":"(\w+)"/.exec(head)?.[1]
    if (kind === 'hello') this.#welcome(head, code)
    else if (kind === 'sync') this.#sync(data, head)
    else if (kind === 'ok' && head.includes('"online"')) this.#ready?.()
    else if (kind === 'ok') this.#open()
    else if (kind === 'no') this.end()
  }

  #welcome(head: string, code: string | undefined): void {
    this.#now = /"epoch":"(\w+)"/.exec(head)?.[1] ?? ''
    if (code === undefined) this.#open()
    else this.#socket?.send(JSON.stringify({ t: 'room.join', code, ref: 1 }))
  }

  #open(): void {
    const since = this.rev > 0 ? { since: this.rev, epoch: this.#epoch } : {}
    this.#epoch = this.#now
    this.#socket?.send(JSON.stringify({ t: 'room.open', ref: 2, room: this.#room, ...since }))
  }

  #sync(data: Buffer, head: string): void {
    const [, from, rev] = /"from":(\d+),"rev":(\d+)/.exec(head) ?? []
    const isReset = data.includes('"reset":true', data.length - 60)
    if (isReset) {
      this.resets += 1
      this.#born = 0
    } else if (Number(from) !== this.rev) this.gaps += 1
    this.rev = Number(rev)
    for (let at = data.indexOf('"type":"message"'); at >= 0; at = data.indexOf('"type":"message"', at + 16)) {
      this.messages += 1
      const end = data.indexOf('"born":', at)
      const born = Number.parseInt(data.toString('latin1', end + 7, end + 20), 10)
      if (born <= this.#born && !isReset) this.misplaced += 1
      this.#born = Math.max(born, this.#born)
    }
  }
}
