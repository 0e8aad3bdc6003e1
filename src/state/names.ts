/** Readable names for guests who gave none. Pure: chance is an argument. */

const moods =
  `Amber Balmy Bold Brave Brisk Calm Candid Cheery Clever Cosy Dapper Dreamy Eager Early Fair Fleet Fond
Gentle Glad Golden Hardy Hazel Humble Jolly Keen Kindly Lively Lucky Mellow Merry Misty Nimble Noble Olive Patient
Plucky Polite Proud Quick Quiet Rosy Rustic Sandy Silver Snug Sunny Swift Tidy Velvet Warm Wise Witty`.split(
    /\s+/,
  )

const animals =
  `Badger Beaver Bison Bunting Curlew Dormouse Dove Egret Falcon Finch Fox Gannet Hare Hedgehog Heron
Ibex Jackdaw Kestrel Lark Linnet Lynx Magpie Marten Mole Moth Newt Nuthatch Otter Owl Pigeon Pika Plover Quail Raven
Robin Salmon Seal Shrew Siskin Sparrow Squirrel Starling Stoat Stork Swallow Swan Thrush Toad Vole Weasel Wren
Yak`.split(/\s+/)

/** Two numbers in [0, 1) make a name such as “Quiet Heron”. */
export function makeName(first: number, second: number): string {
  return `${pick(moods, first)} ${pick(animals, second)}`
}

/** The name with a number behind it, still within `most` code points. */
export function numbered(name: string, number: number, most: number): string {
  const suffix = ` ${number}`
  return `${[...name]
    .slice(0, most - suffix.length)
    .join('')
    .trimEnd()}${suffix}`
}

function pick(words: readonly string[], at: number): string {
  return words[Math.floor(at * words.length)] ?? words[0] ?? ''
}
