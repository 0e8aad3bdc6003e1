/** The name of the house in its own letters; the o is a lit lamp. */

export function Wordmark() {
  return (
    <svg class="wordmark" viewBox="0 0 112 32" role="img" aria-label="Parlour">
      <path
        class="letters"
        d="M4 11v17M4 16a5.5 5.5 0 1 1 0 .1M31 10.5V22M31 16.2a5.5 5.5 0 1 1 0-.1M38 22V10.5M38 16c0-3.5 2-5.5 5-5.5M49.5 4v18M77 10.5v6.5c0 3 2 5 4.8 5s4.8-2 4.8-5v-6.5M86.6 10.5V22M94 22V10.5M94 16c0-3.5 2-5.5 5-5.5"
      />
      <circle class="lamp" cx="63" cy="16.2" r="7" />
      <circle class="bulb" cx="63" cy="16.2" r="2.8" />
    </svg>
  )
}
