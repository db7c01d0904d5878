import { expect, test } from './test'

// New York's clock goes back on 7 November 2027, a week after Berlin's, on 31 October.
const cases = [
  {
    day: '2027-10-30T18:00:00Z',
    there: '14:00 – 16:00',
    zone: 'Eastern Daylight Time',
    here: '20:00, Central European Summer Time',
  },
  {
    day: '2027-11-02T18:00:00Z',
    there: '14:00 – 16:00',
    zone: 'Eastern Daylight Time',
    here: '19:00, Central European Standard Time',
  },
  {
    day: '2027-11-09T18:00:00Z',
    there: '13:00 – 15:00',
    zone: 'Eastern Standard Time',
    here: '19:00, Central European Standard Time',
  },
]

for (const { day, there, zone, here } of cases) {
  test(`9: ${day} is shown by the clock of the place, and by the visitor's own`, async ({ page, world }) => {
    const event = await world.event({ start: Date.parse(day) / 1000, zone: 'America/New_York' })
    await page.goto(`/events/${event.ID}`)
    const when = page.getByRole('definition').filter({ hasText: '2027' })
    await expect(when).toContainText(there)
    await expect(when).toContainText(zone)
    await expect(when).toContainText(here)
  })
}

test('9: the own time is left out where it is the same', async ({ page, world }) => {
  const event = await world.event({ zone: 'Europe/Paris' })
  await page.goto(`/events/${event.ID}`)
  await expect(page.getByText(/Central European/).first()).toBeVisible()
  await expect(page.getByText(/For you/)).toHaveCount(0)
})

test.describe('in German', () => {
  test.use({ locale: 'de-AT' })
  test('everything is said in the language of the browser', async ({ page, world }) => {
    const event = await world.event({ seats: 3 })
    await page.goto(`/events/${event.ID}`)
    await expect(page.getByText('Nur noch 3 Plätze')).toBeVisible()
    await expect(page.locator('html')).toHaveAttribute('lang', 'de')
    await page.getByLabel('Sprache').selectOption('en')
    await expect(page.getByText('Only 3 seats left')).toBeVisible()
  })
})
