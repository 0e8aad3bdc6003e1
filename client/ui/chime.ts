/** A soft sound of two notes, made on the spot. Silent until the browser allows sound, which is after a first click. */

/** At most one in so many ms. */
const APART = 2_000

let audio: AudioContext | null = null
let last = -APART

export function chime(): void {
  if (performance.now() - last < APART || !navigator.userActivation?.hasBeenActive) return
  last = performance.now()
  audio ??= new AudioContext()
  note(audio, 587.33, 0)
  note(audio, 880, 0.09)
}

/** `after` in seconds. */
function note(context: AudioContext, frequency: number, after: number): void {
  const start = context.currentTime + after
  const tone = context.createOscillator()
  const volume = context.createGain()
  tone.type = 'sine'
  tone.frequency.value = frequency
  volume.gain.setValueAtTime(0, start)
  volume.gain.linearRampToValueAtTime(0.08, start + 0.015)
  volume.gain.exponentialRampToValueAtTime(0.0001, start + 0.5)
  tone.connect(volume).connect(context.destination)
  tone.start(start)
  tone.stop(start + 0.55)
}
