// Two storage accounts. Identities only: no shared keys, no public blobs.
// One is the platform's: deployments, timers, the task hub of Durable Functions. The other keeps the runs.
param location string
param tags object

var common = {
  allowBlobPublicAccess: false
  allowSharedKeyAccess: false
  minimumTlsVersion: 'TLS1_2'
  supportsHttpsTrafficOnly: true
}

resource account 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'st${uniqueString(resourceGroup().id)}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_LRS'
  }
  properties: common
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: account
  name: 'default'
}

resource deployments 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: blobs
  name: 'deployments'
}

resource runsAccount 'Microsoft.Storage/storageAccounts@2023-05-01' = {
  name: 'runs${uniqueString(resourceGroup().id)}'
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: 'Standard_ZRS'
  }
  properties: common
}

resource runsBlobs 'Microsoft.Storage/storageAccounts/blobServices@2023-05-01' = {
  parent: runsAccount
  name: 'default'
  properties: {
    isVersioningEnabled: false
    deleteRetentionPolicy: {
      enabled: true
      days: 30
    }
  }
}

// Plans, progress, reports and the lease: run.store of the app and of the command line.
resource runs 'Microsoft.Storage/storageAccounts/blobServices/containers@2023-05-01' = {
  parent: runsBlobs
  name: 'proforma-runs'
}

output name string = account.name
output runsAccountName string = runsAccount.name
output runsContainerName string = runs.name
output runsUrl string = '${runsAccount.properties.primaryEndpoints.blob}${runs.name}'
