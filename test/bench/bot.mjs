// The bot as a program.
import { startBot } from './bot-server.mjs'
import { serve } from './processes.mjs'

serve({ url: await startBot(Number(process.env.PORT ?? 0)) }, () => ({}))
