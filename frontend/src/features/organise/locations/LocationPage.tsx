import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { Heading, Page } from '@/components/Page'
import { Bone, Loaded } from '@/components/states'
import { taggedLocationQuery } from '../api/locations'
import { Back } from '../components/Back'
import { Made } from '../components/Made'
import { DeleteLocation } from './DeleteLocation'
import { LocationForm } from './LocationForm'

/** A location to be changed or deleted. */
export function Component() {
  const { t } = useTranslation('organise')
  const { locationID = '' } = useParams()
  const query = useQuery(taggedLocationQuery(locationID))
  const name = query.data?.document.Name ?? t('location.title')
  return (
    <Page title={name} className="organise">
      <Back to="/organise/locations">{t('locations.title')}</Back>
      <Heading>{name}</Heading>
      <Loaded query={query} skeleton={<Bone height="24rem" />}>
        {(location) => (
          <div className="editor">
            <div className="stack">
              {location.document.Version === 1 && <Made words={t('location.made')} />}
              <LocationForm key={locationID} base={location} />
            </div>
            <DeleteLocation location={location} />
          </div>
        )}
      </Loaded>
    </Page>
  )
}
