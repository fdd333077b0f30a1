// A Web1on1 bot in a dozen lines: it says back what it hears.
//
// Try it without an account:   npx dev-hook sandbox -- node echo-bot.js
// Against your own bot:        put TOKEN (and REFRESH_TOKEN) into `.env`, then   npx dev-hook -- node echo-bot.js
import { existsSync } from 'node:fs'
import ChipChat from 'chipchat'

// What the environment has already goes before what is in the file.
if (existsSync('.env')) process.loadEnvFile()

// chipchat itself reads from the environment:
//   SECRET        checks the signature of every delivery
//   APIHOST       the API that answers are posted to
//   PORT          where this bot listens
//   WEBHOOK_PATH  and on which path
const bot = new ChipChat({
  token: process.env.TOKEN,
  // With these two, chipchat gets itself a new token when the old one has expired.
  refreshToken: process.env.REFRESH_TOKEN,
  email: process.env.EMAIL,
})

// The name of the event: a message was created, in a conversation with a contact, of type chat, by the contact.
// chipchat leaves out what this bot, or any other bot, has said, so nobody echoes an echo.
bot.on('message.create.contact.chat.contact', (message, conversation) =>
  // `role: 'agent'` reaches the contact; with the default, `bot`, only the team would see the answer.
  // Return the promise: the platform is then told "received" only after the answer was posted.
  conversation.say({ text: `You said: ${message.text}`, role: 'agent' }),
)

// Without a listener, problems such as a wrong signature would pass in silence.
bot.on('error', (error) => console.error(error.message))

bot.start()
