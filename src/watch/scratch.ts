// The names of files that no person saves: what editors, file managers and sync tools keep beside a file for themselves.

const NAMES: readonly RegExp[] = [
  // Vim: the probe of a folder, and swap files.
  /^(4913|\..*\.sw[a-px]|\..*\.un~)$/,
  // Emacs, and the backups of many others.
  /^(\.#.*|#.*#|.*~)$/,
  /\.(bak|bck|orig|rej|tmp|swp|swo|crswap|crdownload)$/i,
  // JetBrains, GNOME, KDE, Sublime Text, LibreOffice and Microsoft Office.
  /(___jb_(tmp|old)___|\.kate-swp)$/,
  /^(\.goutputstream-.*|\.subl.*\.tmp|\.~lock\..*#|~\$.*)$/,
  // `sed -i`, gofmt, and programs in Rust, such as Zed: what they rename once it is written.
  /^(sed|\.tmp)(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{6}$/,
  /\.go\.\d{6,}$/,
  // What macOS, Windows, KDE and NFS put into a folder.
  /^(\.DS_Store|\._.*|\.AppleDouble|\.Spotlight-V100|\.Trashes|\.fseventsd|Icon\r)$/,
  /^(Thumbs\.db|ehthumbs\.db|desktop\.ini|\.directory|\.nfs[0-9a-f]+|\.fuse_hidden[0-9a-f]+)$/i,
  // rsync (six letters, by chance never all of them small), Syncthing, Dropbox, OneDrive, Nextcloud, Mutagen, Unison.
  /^\.(?!env\.).+\.(?=[a-z]*[A-Z0-9])[A-Za-z0-9]{6}$/,
  /^(\.syncthing\..*|~syncthing~.*|\.stfolder|\.stversions)$/,
  /^\.(dropbox|~[0-9a-f]+$|sync_.*\.db|mutagen-temporary-|unison\.)/,
]

/** Whether a file or folder of this name is nobody's save. */
export const isScratch = (name: string): boolean => NAMES.some((pattern) => pattern.test(name))
