/** What is counted and measured, in the words of Prometheus. */

/** Something counted or measured, as Prometheus reads it. */
export interface Figure {
  /** `parlour_…`, with its unit at the end. */
  name: string
  help: string
  kind: 'counter' | 'gauge' | 'histogram'
  samples: Sample[]
}

export interface Sample {
  suffix?: '_bucket' | '_sum' | '_count'
  labels?: Readonly<Record<string, string>>
  value: number
}
