// A bot that offers three ways, and remembers which was chosen.
import ChipChat from 'chipchat'

const { TOKEN: token, REFRESH_TOKEN: refreshToken, EMAIL: email } = process.env
const role = 'agent'
const bot = new ChipChat({ token, refreshToken, email })

bot.on('message.create.contact.chat.contact', (message, conversation) => {
  if (message.text !== 'help') return conversation.say({ text: 'From nine to five.', role })
  return conversation.say({
    role,
    text: 'What do you need?',
    actions: [
      { type: 'reply', text: 'Settings', payload: 'HELP_SETTINGS' },
      { type: 'reply', text: 'FAQ', payload: 'HELP_FAQ' },
      { type: 'reply', text: 'A human', payload: 'HELP_HUMAN' },
    ],
  })
})
bot.on('message.create.contact.postback.contact', async (message, conversation) => {
  if (message.text !== 'HELP_FAQ') return
  await conversation.say({ text: 'What would you like to know?', role })
  await conversation.say({ type: 'command', text: '/set topic faq' })
})
bot.on('error', (error) => console.error(error.message))

bot.start()
