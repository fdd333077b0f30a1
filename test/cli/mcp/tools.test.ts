import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { TOOLS } from '../../../src/cli/mcp/tools.ts'
import { OPERATION_NAMES, OPERATIONS } from '../../../src/inspector/operations/table.ts'

const toolOf = (name: string) => TOOLS.find((tool) => tool.name === name)

describe('The tools of a coding agent', () => {
  it('are the operations of a run, and the doctor', () => {
    expect(TOOLS.map(({ name }) => name)).toEqual([...OPERATION_NAMES, 'doctor'])
  })

  it.each(OPERATION_NAMES)('say of %s what the table says, and whether it only reads', (name) => {
    const { says, changes, where, input } = OPERATIONS[name]
    const tool = toolOf(name)
    expect(tool?.description).toContain(says)
    expect(tool?.changes).toBe(changes)
    expect(tool?.annotations.readOnlyHint).toBe(!changes)
    // Nothing that happens in a sandbox destroys anything.
    if (where === 'sandbox') expect(tool?.annotations).toMatchObject({ destructiveHint: false, openWorldHint: false })
    expect(Object.keys(Object(tool?.inputSchema['properties']))).toEqual(Object.keys(input))
    expect(() => new Ajv2020({ strict: false, validateFormats: false }).compile(tool?.inputSchema ?? {})).not.toThrow()
  })

  it('wait for the answer of the bot, where they can, without being told to', () => {
    for (const name of ['say', 'press'])
      expect(toolOf(name)?.inputSchema).toMatchObject({ properties: { timeout: { default: 20_000 } } })
  })
})
