// A bot that leaves the conversation to an agent who takes it over.
import ChipChat from 'chipchat'

export function createBot({ TOKEN: token, APIHOST: host, SECRET: secret }) {
  const bot = new ChipChat({ token, host, secret, ignoreUnjoined: true })
  bot.on('message.create.contact.chat.contact', (_message, conversation) =>
    conversation.say({ text: 'Hello! How can I help?', role: 'agent' }),
  )
  bot.on('message.create.contact.command', { text: '/accept' }, (_message, conversation) => conversation.leave())
  bot.on('error', (error) => console.error(error.message))
  return bot
}
