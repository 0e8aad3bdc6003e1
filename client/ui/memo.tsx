/** A view that is drawn again only when one of its props is another than before. */

import type { ComponentChild, ComponentType } from 'preact'
import { Component } from 'preact'

export function memo<P extends object>(View: (props: P) => ComponentChild): ComponentType<P> {
  return class extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !isSame(this.props, next)
    }
    override render() {
      return <View {...(this.props as P)} />
    }
  }
}

function isSame<P extends object>(before: P, next: P): boolean {
  const names = Object.keys(next) as (keyof P)[]
  return names.length === Object.keys(before).length && names.every((name) => before[name] === next[name])
}
