import 'i18next'
import type account from './locales/en/account.json'
import type common from './locales/en/common.json'
import type organise from './locales/en/organise.json'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common'
    resources: { account: typeof account; common: typeof common; organise: typeof organise }
  }
}
