import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app/App'
import { loadConfig } from './lib/config'
import { startI18n } from './lib/i18n'
import './styles/main.scss'

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')

await Promise.all([loadConfig(), startI18n()])
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
