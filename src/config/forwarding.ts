// The public URL that a development environment in the cloud gives to a port of its machine.
import type { Environment } from './layers.ts'

/** A port that is forwarded by somebody else. */
export interface Forwarding {
  /** Who forwards it. */
  readonly by: string
  /** The environment variable that shows it. */
  readonly source: string
  readonly url: string
  /** The command that opens the port to everybody; until then the platform would meet a login page. */
  readonly publish: string
}

/** The gateway's port where one has to be known beforehand. */
export const FORWARDED_PORT = 4748

/** The forwarding of a port, by the variables of the environment; `null` where nobody forwards one. */
export function forwardingOf(env: Environment, port: number): Forwarding | null {
  return inCodespaces(env, port) ?? inGitpod(env, port)
}

// Source: docs.github.com, "Default environment variables for your codespace" and "Forwarding ports in your codespace".
function inCodespaces(env: Environment, port: number): Forwarding | null {
  const { CODESPACE_NAME: name, GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN: domain } = env
  if (!name || !domain) return null
  const url = `https://${name}-${port}.${domain}`
  const publish = `gh codespace ports visibility ${port}:public -c ${name}`
  return { by: 'GitHub Codespaces', source: 'CODESPACE_NAME', url, publish }
}

// Source: gitpod.io/docs, "Configure Ports"; `gp url 3000` prints the same.
function inGitpod({ GITPOD_WORKSPACE_URL: workspace }: Environment, port: number): Forwarding | null {
  if (!workspace || !URL.canParse(workspace)) return null
  const url = `https://${port}-${new URL(workspace).host}`
  return { by: 'Gitpod', source: 'GITPOD_WORKSPACE_URL', url, publish: `gp ports visibility ${port}:public` }
}
