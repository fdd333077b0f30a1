// The page's front door: connects it to its run, and draws it.
import { render } from 'preact'
import { keepFocus } from './model/keep-focus.ts'
import { press } from './model/keys.ts'
import { ModelContext, openModel } from './model/model.ts'
import { App } from './views/app.tsx'
import { keepTitle } from './views/tab-title.ts'

const model = openModel(window)
keepFocus(window)
keepTitle(document, model)
window.addEventListener('keydown', (event) => {
  if (press(event, model)) event.preventDefault()
})
const place = document.querySelector('#page')
if (place !== null)
  render(
    <ModelContext.Provider value={model}>
      <App />
    </ModelContext.Provider>,
    place,
  )
