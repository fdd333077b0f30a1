// Whose the bot's port is: a process of the bot's own, or a stranger's that was quicker, as far as the system tells (Linux).
import {
  datagramSocketsOn,
  describeProcess,
  environmentOf,
  holdersOf,
  type ListeningSocket,
  listeningSockets,
  listProcesses,
  type ProcessInfo,
  socketsOn,
  userOf,
} from '../core/processes.ts'
import { RUN_VARIABLE } from './find-by-env.ts'
import type { Readiness } from './readiness.ts'

/** `bot`: the bot, something that it started, or something that nobody can tell from it. `stranger`: certainly neither. */
export type PortOwner = { readonly is: 'bot' } | { readonly is: 'stranger'; readonly who: string }

/** The bot that was started. */
interface StartedProcess {
  /** Of the command, which leads a group of its own; `null` when it could not be started. */
  readonly pid: number | null
  readonly runId: string
}

const BOT: PortOwner = { is: 'bot' }
const ROOT = 0

/** Loopback and the unspecified address in IPv4, IPv6 and mapped, as `/proc/net` writes them, on either byte order. */
const LOOPBACK_OR_ANY =
  /^(?:0{8}|0{32}|[0-9A-F]{6}7F|7F[0-9A-F]{6}|0{24}0{7}1|0{24}010{6}|0{16}F{4}0{4}[0-9A-F]{6}7F|0{16}0{4}F{4}7F[0-9A-F]{6})$/

/** What publishes ports for others: containers, virtual machines, tunnels, socket activation. The bot may be behind it. */
const PUBLISHES =
  /^(?:docker|com\.docker|containerd|rootless|podman|conmon|slirp4netns|pasta|passt|gvproxy|vpnkit|lima|colima|qemu|VBox|wslrelay|ssh|socat|systemd)/i

/** Finds out whose a port is that somebody listens on, on loopback. Without `/proc`, and where it is hidden, it counts as the bot's. */
export async function ownerOfPort(port: number, bot: StartedProcess): Promise<PortOwner> {
  const sockets = (await socketsOn(port)).filter(({ address }) => LOOPBACK_OR_ANY.test(address))
  // As it mostly is: the command itself listens, and nobody else needs to be looked at.
  const own = bot.pid === null ? [] : [bot.pid]
  const others: ListeningSocket[] = []
  for (const socket of sockets) if ((await holdersOf(new Set([socket.file]), own)).length === 0) others.push(socket)
  if (others.length === 0) return BOT
  const processes = await describeAll()
  for (const socket of others) {
    const who = await strangerBehind(socket, processes, bot)
    if (who !== null) return { is: 'stranger', who }
  }
  return BOT
}

/** Where a bot waits for its debugger, unless that was given another port. */
const DEBUGGER_PORT = 9229

/** The ports on which a bot listens, on loopback, its debugger's apart. Empty where the system does not tell. */
export async function portsOf(bot: StartedProcess): Promise<readonly number[]> {
  const sockets = (await listeningSockets()).filter(
    ({ address, port }) => LOOPBACK_OR_ANY.test(address) && port !== DEBUGGER_PORT,
  )
  if (sockets.length === 0) return []
  const processes = await describeAll()
  const pids: number[] = []
  for (const pid of processes.keys()) if (await isOfBot(pid, processes, bot)) pids.push(pid)
  const ports = new Set<number>()
  for (const { file, port } of sockets) if ((await holdersOf(new Set([file]), pids)).length > 0) ports.add(port)
  return [...ports]
}

/** Who listens on a port of loopback, as the subject of a sentence: what is known of them is all that somebody can end them by. */
export async function listenerOn(port: number): Promise<string> {
  const info = await holderOf(await socketsOn(port))
  if (info === null) return 'another program'
  const isBot = (await environmentOf(info.pid)).some((variable) => variable.startsWith(`${RUN_VARIABLE}=`))
  return `${isBot ? 'a bot that another dev-hook has started' : 'another program'}, ${info.name} (pid ${info.pid}),`
}

/** Who has a port over UDP, in the same words: a dev-hook that keeps it for its bot, or anything else. */
export async function keeperOf(port: number): Promise<string> {
  const info = await holderOf(await datagramSocketsOn(port))
  return info === null ? 'another program' : `another program, ${info.name} (pid ${info.pid}),`
}

async function holderOf(sockets: readonly ListeningSocket[]): Promise<ProcessInfo | null> {
  const files = sockets.filter(({ address }) => LOOPBACK_OR_ANY.test(address)).map(({ file }) => file)
  const [pid] = await holdersOf(new Set(files), await listProcesses())
  return pid === undefined ? null : describeProcess(pid)
}

async function describeAll(): Promise<ReadonlyMap<number, ProcessInfo>> {
  const found = await Promise.all((await listProcesses()).map((pid) => describeProcess(pid)))
  return new Map(found.flatMap((info) => (info === null ? [] : [[info.pid, info]])))
}

/** The name of the stranger who has a socket; `null` when it is the bot, or cannot be told from it. */
async function strangerBehind(
  { file, uid }: ListeningSocket,
  processes: ReadonlyMap<number, ProcessInfo>,
  bot: StartedProcess,
): Promise<string | null> {
  const holders = await holdersOf(new Set([file]), [...processes.keys()])
  const [first] = holders
  if (first === undefined) return hiddenStranger(uid, processes, bot)
  for (const holder of holders) if (await isOfBot(holder, processes, bot)) return null
  const name = processes.get(first)?.name ?? ''
  return isTrusted(uid) && PUBLISHES.test(name) ? null : `${name} (pid ${first})`
}

/** Another user's processes show their group and parent, but not their files: it may be one of the bot's that is that user's. */
async function hiddenStranger(
  uid: number,
  processes: ReadonlyMap<number, ProcessInfo>,
  bot: StartedProcess,
): Promise<string | null> {
  // Hidden all the same: in a container, or by a rule of the system. What root does is not for us to doubt.
  if (isTrusted(uid)) return null
  for (const pid of processes.keys())
    if ((await isOfBot(pid, processes, bot)) && (await userOf(pid)) === uid) return null
  return `a program of another user (uid ${uid})`
}

const isTrusted = (uid: number): boolean => uid === ROOT || uid === process.getuid?.()

/** Whether a process is the bot's: in its group, started by it or by what it started, or with the mark of the run. */
async function isOfBot(
  pid: number,
  processes: ReadonlyMap<number, ProcessInfo>,
  { pid: leader, runId }: StartedProcess,
): Promise<boolean> {
  const seen = new Set<number>()
  for (let at = processes.get(pid); at !== undefined && !seen.has(at.pid); at = processes.get(at.parent)) {
    seen.add(at.pid)
    if (at.pid === leader || at.group === leader) return true
  }
  return (await environmentOf(pid)).includes(`${RUN_VARIABLE}=${runId}`)
}

/** The readiness of a bot that is not ready as long as a stranger has its port; that is said once, and again after it has been ready. */
export function ofBotAlone(
  readiness: Readiness,
  { ownerOf, onStranger }: { readonly ownerOf: () => Promise<PortOwner>; readonly onStranger: (who: string) => void },
): Readiness {
  let said = false
  return {
    ...readiness,
    isReady: async (signal) => {
      if (!(await readiness.isReady(signal))) return false
      const owner = await ownerOf()
      if (owner.is === 'stranger' && !said) onStranger(owner.who)
      said = owner.is === 'stranger'
      return owner.is === 'bot'
    },
  }
}
