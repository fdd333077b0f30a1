// The environment of dev-hook's own child processes: what they need to run, and none of the secrets of the shell.

type Variables = Readonly<Record<string, string | undefined>>

/** The names that are handed on, besides those that begin with `LC_`, in groups; in capitals, as Windows knows no case. */
export const HANDED_ON: readonly (readonly string[])[] = [
  // Where programs, people and temporary files are.
  'PATH HOME USER LOGNAME SHELL TMPDIR TEMP TMP LANG LANGUAGE TZ',
  'SYSTEMROOT SYSTEMDRIVE WINDIR COMSPEC PATHEXT USERPROFILE HOMEDRIVE HOMEPATH APPDATA LOCALAPPDATA PROGRAMDATA',
  // Without them Node itself does not start where its libraries lie elsewhere.
  'LD_LIBRARY_PATH LD_PRELOAD DYLD_LIBRARY_PATH DYLD_INSERT_LIBRARIES',
  // Whom a connection trusts.
  'NODE_OPTIONS NODE_EXTRA_CA_CERTS NODE_TLS_REJECT_UNAUTHORIZED NODE_USE_SYSTEM_CA',
  'SSL_CERT_FILE SSL_CERT_DIR OPENSSL_CONF',
].map((names) => names.split(' '))

const NEEDED: ReadonlySet<string> = new Set(HANDED_ON.flat())

/** The part of an environment that a child of dev-hook's own needs: what is not on the list is not handed on. */
export function childEnvironment(env: Variables): Variables {
  const needed = pick(env, (name) => NEEDED.has(name) || name.startsWith('LC_'))
  const options = withoutInspector(env['NODE_OPTIONS'] ?? '')
  return needed['NODE_OPTIONS'] === undefined ? needed : { ...needed, NODE_OPTIONS: options }
}

/** Options for Node without a debugger: that is meant for the bot, and two cannot listen on one port. */
const withoutInspector = (options: string): string => options.replace(/(^|\s)--inspect\S*/g, '').trim()

/** An environment without some of its variables, whatever their case. */
export function withoutVariables(env: Variables, names: readonly string[]): Variables {
  return pick(env, (name) => !names.includes(name))
}

const pick = (env: Variables, isKept: (upperCaseName: string) => boolean): Variables =>
  Object.fromEntries(Object.entries(env).filter(([name]) => isKept(name.toUpperCase())))
