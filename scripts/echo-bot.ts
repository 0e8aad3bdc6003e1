/** A bot that says what it hears: `npx node scripts/echo-bot.ts http://localhost:8080`. */

import { connect } from 'parlour/client'

const chat = await connect(process.argv[2] ?? 'http://localhost:8080', { name: 'Echo' })
const lobby = await chat.open(chat.lobby).ready()

lobby.on('joined', ({ name }) => lobby.send(`Welcome, ${name}!`))
lobby.on('message', ({ by, body }) => {
  if (by !== chat.me.id) lobby.send(`${lobby.member(by)?.name ?? 'Somebody'} said: ${body}`)
})
console.log(`${chat.me.name} listens in ${lobby.room.get('room', lobby.id)?.name}`)
