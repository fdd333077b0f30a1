// A bot that answers what comes twice once, and gets itself a new token and another try.
import ChipChat from 'chipchat'

const { TOKEN: token, REFRESH_TOKEN: refreshToken, EMAIL: email } = process.env
const role = 'agent'
const bot = new ChipChat({ token, refreshToken, email })
const answered = new Set()

const answerTo = (text) => {
  if (text.startsWith('order ')) return `Ordered ${text.slice('order '.length)}`
  return text === 'hi' ? 'Hello!' : 'Sorry for the wait!'
}

/** An API that fails once is asked again. */
const say = (conversation, message) => conversation.say(message).catch(() => conversation.say(message))

bot.on('message.create.contact.chat.contact', (message, conversation) => {
  if (answered.has(message.id)) return
  answered.add(message.id)
  return say(conversation, { text: answerTo(message.text), role })
})
bot.on('error', (error) => console.error(error.message))

bot.start()
