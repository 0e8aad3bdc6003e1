/** Numbers the turns of the event loop in which somebody asks, so that work can be shared out among them. It delays nothing. */

let number = 0
let isMarked = false

/** The same number until the loop has gone round. */
export function turn(): number {
  if (!isMarked) {
    isMarked = true
    setImmediate(next)
  }
  return number
}

function next(): void {
  number += 1
  isMarked = false
}
