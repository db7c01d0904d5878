import i18next, { type BackendModule } from 'i18next'
import { initReactI18next } from 'react-i18next'
import de from '../locales/de/common.json'
import en from '../locales/en/common.json'

/** The languages that the app speaks, each by its own name. */
export const languages = { en: 'English', de: 'Deutsch' }

export type Language = keyof typeof languages

const stored = 'myevents.language'

const isLanguage = (s: string | null): s is Language => s !== null && s in languages

function preferred(): Language {
  const chosen = localStorage.getItem(stored)
  if (isLanguage(chosen)) return chosen
  return navigator.languages.map((l) => l.split('-')[0] ?? '').find(isLanguage) ?? 'en'
}

// Each language and each part of the app has a file of its own, fetched when it is needed; but for the part that every
// visitor needs, since one more fetch before anything shows costs more than the few kilobytes.
const dictionaries: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read: (language, part) =>
    import(`../locales/${language}/${part}.json`).then((file: { default: object }) => file.default as never),
}

/** Starts with the visitor's language: the one chosen here before, else the browser's. */
export async function startI18n(): Promise<void> {
  i18next.on('languageChanged', (language) => {
    document.documentElement.lang = language
  })
  await i18next
    .use(dictionaries)
    .use(initReactI18next)
    .init({
      lng: preferred(),
      fallbackLng: 'en',
      supportedLngs: Object.keys(languages),
      load: 'languageOnly',
      ns: ['common'],
      defaultNS: 'common',
      resources: { en: { common: en }, de: { common: de } },
      partialBundledLanguages: true,
      interpolation: { escapeValue: false }, // React escapes
    })
}

/** Changes the language, for good on this browser. */
export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(stored, language)
  await i18next.changeLanguage(language)
}
