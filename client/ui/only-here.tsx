/** Beside a link that nobody else can follow: why, and how to get one that works. */

export function OnlyHere() {
  return (
    <p class="hint centred only-here">
      This link works on this machine only. Others need the network address that the terminal shows.
    </p>
  )
}
