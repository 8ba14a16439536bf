// Who is woken, and by what. The queries read the app's log lines, one JSON object each (run_log.py).
param location string
param tags object
param insightsName string
param alertAddress string

var lines = 'traces | where message startswith "{" | extend line = parse_json(message)'

// name: query, window in which it looks, how often, operator and threshold on the number of rows.
var rules = {
  'failed-run': {
    description: 'A run ended before its report, or left an invoice or a contract undone.'
    query: '${lines} | where (line.event == "run-failed") or (line.event == "run-ended" and toint(line.exit_code) > 0)'
    window: 'PT1H'
    every: 'PT15M'
    severity: 1
    operator: 'GreaterThan'
    threshold: 0
  }
  'no-run-for-a-day': {
    description: 'No run came to its end for a day: the app does not run, or one run hangs.'
    query: '${lines} | where line.event == "run-ended"'
    window: 'P1D'
    every: 'PT1H'
    severity: 1
    operator: 'LessThan'
    threshold: 1
  }
  'failed-contracts': {
    description: 'Contracts could not be read or planned; their invoices are missing.'
    query: '${lines} | where line.event == "contract-failed"'
    window: 'PT1H'
    every: 'PT15M'
    severity: 2
    operator: 'GreaterThan'
    threshold: 0
  }
  'throttling': {
    description: 'Dataverse refused more than a hundred requests of one run for its protection limits.'
    query: '${lines} | where line.event == "run-ended" and toint(line.throttled) > 100'
    window: 'PT1H'
    every: 'PT15M'
    severity: 3
    operator: 'GreaterThan'
    threshold: 0
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(alertAddress)) {
  name: 'ag-proforma-${uniqueString(resourceGroup().id)}'
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'proforma'
    emailReceivers: [
      {
        name: 'operators'
        emailAddress: alertAddress
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-03-15-preview' = [for rule in items(rules): {
  name: 'alert-proforma-${rule.key}'
  location: location
  tags: tags
  properties: {
    displayName: 'Proforma: ${rule.key}'
    description: rule.value.description
    enabled: true
    severity: rule.value.severity
    scopes: [
      insights.id
    ]
    evaluationFrequency: rule.value.every
    windowSize: rule.value.window
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: rule.value.query
          timeAggregation: 'Count'
          operator: rule.value.operator
          threshold: rule.value.threshold
        }
      ]
    }
    actions: {
      actionGroups: empty(alertAddress) ? [] : [
        people.id
      ]
    }
  }
}]
