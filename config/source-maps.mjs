// The source maps of the bundle, as small as they are useful: as rolldown makes them, they are a third of the package.
import { decode, encode } from '@jridgewell/sourcemap-codec'

/**
 * The map with every place of our own sources, but of what others wrote only the line: a stack names both. `map` is of version 3;
 * its sources all stay, as they say what was bundled.
 */
export function slimMap(map) {
  const isForeign = map.sources.map((source) => source.includes('node_modules/') || source.startsWith('\0'))
  const names = new Map()
  function keep(segment, previous) {
    const [column, source, line, sourceColumn, name] = segment
    if (isForeign[source]) return previous?.[1] === source && previous[2] === line ? [] : [[column, source, line, 0]]
    if (name === undefined) return [segment]
    if (!names.has(name)) names.set(name, names.size)
    return [[column, source, line, sourceColumn, names.get(name)]]
  }
  const kept = decode(map.mappings).map((segments) =>
    segments.flatMap((segment, at) => keep(segment, segments[at - 1])),
  )
  return { ...map, names: [...names.keys()].map((name) => map.names[name]), mappings: encode(kept) }
}
