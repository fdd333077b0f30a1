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
// In one call: nothing that Jenny says comes between the two.
bot.on('message.create.contact.postback.contact', (message, conversation) =>
  message.text === 'HELP_FAQ'
    ? conversation.say([
        { text: 'What would you like to know?', role },
        { type: 'command', text: '/set topic faq' },
      ])
    : undefined,
)
bot.on('error', (error) => console.error(error.message))

bot.start()
