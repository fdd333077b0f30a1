// A component that is drawn again only when what it shows is another thing.
import { Component, type ComponentType, createElement } from 'preact'

/** `isSame`: whether two sets of properties are drawn alike. */
export function memo<P extends object>(
  part: (props: P) => preact.ComponentChildren,
  isSame: (before: P, after: P) => boolean,
): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      return !isSame(this.props, next)
    }

    override render() {
      return createElement(part, this.props)
    }
  }
}
