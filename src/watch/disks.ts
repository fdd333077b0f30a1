// On which disks the system reports every save.
import { statfs } from 'node:fs/promises'

// Numbers of `statfs(2)`. What is not here may be changed from another machine, or by the system outside of a virtual one, of which
// Linux learns nothing: NFS, SMB, 9p (the disks of Windows in WSL), FUSE and virtiofs (those of a Mac in Docker), vboxsf.
const LOCAL: ReadonlySet<number> = new Set([
  0xef53, // ext2, ext3, ext4
  0x9123683e, // btrfs
  0x58465342, // xfs
  0x2fc12fc1, // zfs
  0xf2f52010, // f2fs
  0xca451a4e, // bcachefs
  0x794c7630, // overlay
  0x01021994, // tmpfs
])

/** The disks on which something is watched. */
export interface Disks {
  /** A folder was found on a disk with this number. */
  found(folder: string, disk: bigint): void
  /** Whether it is known of all of them that the system reports every save. */
  areReported(): boolean
}

/** Creates the list of disks; `isReported`, which never rejects, is asked once for each. */
export function createDisks(isReported: (folder: string) => Promise<boolean>): Disks {
  const known = new Set<bigint>()
  const unsure = new Set<bigint>()
  return {
    found: (folder, disk) => {
      if (known.has(disk)) return
      known.add(disk)
      unsure.add(disk)
      void isReported(folder).then((isSure) => isSure && unsure.delete(disk))
    },
    areReported: () => unsure.size === 0,
  }
}

/**
 * Whether whatever is saved on the disk of a folder is saved through this system, which then reports it. `false` where that is not known, as on all
 * systems but Linux. Never rejects.
 */
export async function isReportedWhole(folder: string): Promise<boolean> {
  if (process.platform !== 'linux') return false
  try {
    return LOCAL.has((await statfs(folder)).type)
  } catch {
    // Gone meanwhile.
    return false
  }
}
