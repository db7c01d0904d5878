import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { Heading, Page } from '@/components/Page'
import { Bone, Loaded } from '@/components/states'
import { locationsQuery } from '@/lib/api/events'
import { Back } from '../components/Back'
import { EventForm } from './EventForm'

/** An event to be made. */
export function Component() {
  const { t } = useTranslation('organise')
  const navigate = useNavigate()
  const query = useQuery(locationsQuery())
  return (
    <Page title={t('event.new')} className="organise">
      <Back to="/organise/events">{t('events.title')}</Back>
      <Heading>{t('event.new')}</Heading>
      <Loaded query={query} skeleton={<Bone height="32rem" />}>
        {(locations) => (
          <EventForm
            locations={locations}
            done={(saved) =>
              void navigate(`/organise/events/${saved.ID}`, { replace: true, state: { made: true } })
            }
          />
        )}
      </Loaded>
    </Page>
  )
}
