// The whole deployment: a resource group with the function app, its identity, its storage and its telemetry.
targetScope = 'subscription'

@minLength(1)
@maxLength(40)
@description('Names the resources; the azd environment.')
param environmentName string

@description('Region of all resources; must offer the Flex Consumption plan.')
param location string

@description('Address of the Dataverse environment, without a trailing slash.')
param dataverseUrl string

@description('Business time zone, such as Europe/Berlin: whose midnight parts two run dates.')
param timeZone string

@description('When to run, in UTC: second minute hour day month weekday.')
param schedule string = '0 5 * * * *'

@description('Nothing is written to Dataverse: for the first weeks. The runs are kept as previews.')
param dryRun bool = true

@minValue(1)
@maxValue(24)
@description('Parts of 20 contracts that are planned or written at once; they share the limits of one user.')
param partsInFlight int = 4

@allowed([
  512
  2048
  4096
])
@description('Memory of an instance in MB.')
param instanceMemory int = 2048

@minValue(40)
@maxValue(1000)
@description('Instances at most; 40 is the least that the plan takes.')
param maximumInstances int = 40

@description('Address that alerts are sent to by mail; empty for none.')
param alertAddress string = ''

@description('Where the message of a run goes: a reference to a Key Vault, for who knows the address can post there; empty for none.')
param webhook string = ''

@allowed([
  'failure'
  'always'
])
@description('Which runs the webhook is told of.')
param tellOn string = 'failure'

var tags = {
  'azd-env-name': environmentName
}

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module storage 'storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    location: location
    tags: tags
  }
}

module telemetry 'telemetry.bicep' = {
  name: 'telemetry'
  scope: group
  params: {
    location: location
    tags: tags
  }
}

module identity 'identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    location: location
    tags: tags
    storageName: storage.outputs.name
    runsAccountName: storage.outputs.runsAccountName
    runsContainerName: storage.outputs.runsContainerName
    insightsName: telemetry.outputs.name
  }
}

module alerts 'alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    location: location
    tags: tags
    insightsName: telemetry.outputs.name
    alertAddress: alertAddress
  }
}

module workbook 'workbook.bicep' = {
  name: 'workbook'
  scope: group
  params: {
    location: location
    tags: tags
    insightsName: telemetry.outputs.name
  }
}

module function 'function.bicep' = {
  name: 'function'
  scope: group
  params: {
    location: location
    tags: tags
    storageName: storage.outputs.name
    insightsName: telemetry.outputs.name
    identityName: identity.outputs.name
    dataverseUrl: dataverseUrl
    timeZone: timeZone
    schedule: schedule
    runStore: storage.outputs.runsUrl
    dryRun: dryRun
    partsInFlight: partsInFlight
    instanceMemory: instanceMemory
    maximumInstances: maximumInstances
    webhook: webhook
    tellOn: tellOn
  }
}

output PROFORMA_RUN_STORE string = storage.outputs.runsUrl
output AZURE_FUNCTION_NAME string = function.outputs.name
output DATAVERSE_APPLICATION_USER_CLIENT_ID string = identity.outputs.clientId
