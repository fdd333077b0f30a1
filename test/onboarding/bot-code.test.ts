import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BotCode, readBotCode } from '../../src/onboarding/bot-code.ts'

const certain = (number: number): BotCode['port'] => ({ number, certain: true })
const likely = (number: number): BotCode['port'] => ({ number, certain: false })

describe('The source of a bot', () => {
  it.each([
    ["const ChipChat = require('chipchat')\nbot.start()", { usesChipchat: true, port: certain(3000), path: null }],
    ["import ChipChat from 'chipchat'\nbot.start(4002)", { usesChipchat: true, port: certain(4002) }],
    ["import ChipChat from 'chipchat'\nconst db = { port: 5432 }\nbot.start()", { port: certain(3000) }],
    ["import ChipChat from 'chipchat'\nbot.start(config.port)", { port: likely(3000) }],
    ['app.listen(process.env.PORT || 8080)', { usesChipchat: false, port: certain(8080) }],
    ["app.listen(Number(process.env.PORT ?? '8081'))", { port: certain(8081) }],
    ['const port = 5000\nbot.start(port)', { port: likely(5000) }],
    ['const db = { host, port: 5432 }', { port: likely(5432) }],
    ['// app.listen(9999)\n/* app.listen(9998) */\napp.listen(7000)', { port: certain(7000) }],
    ["fetch('http://127.0.0.1/') // nothing\napp.listen(99999)", { port: null }],
    ["new ChipChat({ webhook: 'hook' })", { path: '/hook' }],
    ["bot.router('/web1on1', app)", { path: '/web1on1' }],
    ["app.use('/in', bot.router())", { path: '/in' }],
    ["{ webhook: 'https://bots.example.com/hook' }", { path: null }],
    ['', { usesChipchat: false, port: null, path: null }],
  ])('%j', (source, expected) => {
    expect(readBotCode(source)).toMatchObject(expected)
  })

  it('says where the bot takes its secrets from', () => {
    const source = `new ChipChat({
      token: process.env.BOT_TOKEN,
      refreshToken: process.env['BOT_REFRESH'],
      email: process.env.BOT_EMAIL,
      secret: config.secret,
    })`
    expect(readBotCode(source).names).toEqual({
      token: 'BOT_TOKEN',
      refreshToken: 'BOT_REFRESH',
      email: 'BOT_EMAIL',
      secret: null,
    })
  })

  it('is never too strange to be read', () => {
    fc.assert(fc.property(fc.string({ maxLength: 2_000 }), (source) => void readBotCode(source)))
  })
})
