// Which names are nobody's save.
import { describe, expect, it } from 'vitest'
import { isScratch } from '../../src/watch/scratch.ts'

describe('A file that no person saves', () => {
  it.each([
    ['Vim', ['4913', '.bot.js.swp', '.bot.js.swx', '.bot.js.un~', 'bot.js~']],
    ['Emacs', ['.#bot.js', '#bot.js#']],
    ['other editors', ['bot.js___jb_tmp___', 'bot.js.kate-swp', '.goutputstream-AB12C3', '.subl1a2.tmp', 'bot.js.bak']],
    [
      'what is renamed once it is written',
      ['sed1AgVm1', 'sedKqPzLm', '.tmpa8KxQ2', 'bot.go.1234567890', 'bot.jsa8KxQ2.bck'],
    ],
    ['offices', ['.~lock.prices.ods#', '~$prices.xlsx']],
    [
      'systems',
      ['.DS_Store', '._bot.js', 'Thumbs.db', 'desktop.ini', '.directory', '.nfs0000000000a1', '.fuse_hidden0a1b'],
    ],
    [
      'sync tools',
      ['.bot.js.Ab3dE9', '.syncthing.bot.js.tmp', '~syncthing~bot.js.tmp', '.dropbox.attr', '.unison.bot.js.tmp'],
    ],
    ['merges and downloads', ['bot.js.orig', 'bot.js.rej', 'model.bin.crdownload', 'a.js.tmp']],
  ])('is known by its name: %s', (_, names) => {
    expect(names.filter((name) => !isScratch(name))).toEqual([])
  })

  it('has no name that somebody may save', () => {
    const saved = [
      'bot.js', '.env', '.env.triage', '.env.Triage', '.eslintrc.module', '.babelrc.js', '.gitignore', '4913.js', 'a#b.js',
      'jb_tmp.js', 'tmp.js', 'orig.ts', 'icon.png', 'data.temp.json', '.prettierrc', '.mocharc.yml', 'README', '.npmrc',
      'sedative', 'sedentary', '.tmpfiles', 'v1.go.mod',
    ] // biome-ignore format: one list
    expect(saved.filter(isScratch)).toEqual([])
  })
})
