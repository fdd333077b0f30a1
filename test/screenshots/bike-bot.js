// A bot that lends bicycles, for the pictures in the README.
import ChipChat from 'chipchat'

const bot = new ChipChat({
  token: process.env.TOKEN,
  refreshToken: process.env.REFRESH_TOKEN,
  email: process.env.EMAIL,
})

const button = (text, payload) => ({ type: 'reply', text, payload })
const BIKES = [
  {
    title: 'Daisy',
    description: 'Green, eight gears, a bell that sings',
    mediaUrl: 'https://bikes.example/daisy.jpg',
    actions: [{ type: 'postback', text: 'Take Daisy', payload: 'daisy' }],
  },
  {
    title: 'Duke',
    description: 'Blue, and very fast downhill',
    mediaUrl: 'https://bikes.example/duke.jpg',
    actions: [{ type: 'postback', text: 'Take Duke', payload: 'duke' }],
  },
]

bot.on('message.create.contact.chat.contact', (_message, conversation) =>
  conversation.say({ text: 'Two are free on Saturday:', role: 'agent', items: BIKES }),
)

bot.on('message.create.contact.postback.contact', async (message, conversation) => {
  if (message.text === 'daisy') {
    await conversation.say({ text: 'Daisy needs air in her front tyre.', role: 'agent', isBackchannel: true })
    await conversation.say({
      text: 'Daisy is yours. A picnic basket, too?',
      role: 'agent',
      actions: [button('Yes, please', 'basket'), button('No, thanks', 'none')],
    })
    return
  }
  await conversation.say({ text: 'With sandwiches and lemonade, then.', role: 'agent' })
})

bot.on('error', (error) => console.error(error.message))
bot.start()
