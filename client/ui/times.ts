/** Times as people read them, in their own language and zone. The moment “now” is always an argument. */

const DAY = 86_400_000

export interface Clock {
  /** 14:05 */
  time(at: number): string
  /** Today, Yesterday, Friday, 14 November, or with the year. */
  day(at: number, now: number): string
  /** Everything, for a tooltip. */
  exact(at: number): string
  /** As short as can be, for a list of rooms: 14:05, Fri, 14 Nov. */
  short(at: number, now: number): string
  /** Two times on the same calendar day have the same number. */
  dayNumber(at: number): number
}

/** `locale` and `zone` absent: those of the browser. */
export function clockFor(locale?: string, zone?: string): Clock {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, zone === undefined ? options : { ...options, timeZone: zone })
  const time = format({ timeStyle: 'short' })
  const weekday = format({ weekday: 'long' })
  const shortWeekday = format({ weekday: 'short' })
  const date = format({ weekday: 'long', day: 'numeric', month: 'long' })
  const shortDate = format({ day: 'numeric', month: 'short' })
  const withYear = format({ day: 'numeric', month: 'long', year: 'numeric' })
  const exact = format({ dateStyle: 'full', timeStyle: 'medium' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })

  const dayNumber = zone === undefined ? localDay : dayIn(zone)
  /** Whole days between two calendar days, and whether they share the year. */
  const distance = (at: number, now: number) => dayNumber(now) - dayNumber(at)

  return {
    time: (at) => time.format(at),
    exact: (at) => exact.format(at),
    dayNumber,
    day(at, now) {
      const days = distance(at, now)
      if (days === 0 || days === 1) return capital(relative.format(-days, 'day'))
      if (days > 1 && days < 7) return weekday.format(at)
      return (days >= 0 && days < 300 ? date : withYear).format(at)
    },
    short(at, now) {
      const days = distance(at, now)
      if (days <= 0) return time.format(at)
      return (days < 7 ? shortWeekday : shortDate).format(at)
    },
  }
}

/** What is left of a lifetime: `9 s`, `4 min`, `3 h`, `2 d`. Rounded up, so that it never says 0 too early. */
export function lifetime(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1_000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3_600) return `${Math.ceil(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.ceil(seconds / 3_600)} h`
  return `${Math.ceil(seconds / 86_400)} d`
}

/** Without `Intl`, because long lists ask for every entry. */
function localDay(at: number): number {
  const date = new Date(at)
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY
}

function dayIn(zone: string): (at: number) => number {
  const parts = new Intl.DateTimeFormat('en-u-ca-gregory', {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    timeZone: zone,
  })
  return (at) => {
    const value = { year: 0, month: 1, day: 1 }
    for (const { type, value: text } of parts.formatToParts(at)) {
      if (type === 'year' || type === 'month' || type === 'day') value[type] = Number(text)
    }
    return Date.UTC(value.year, value.month - 1, value.day) / DAY
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
