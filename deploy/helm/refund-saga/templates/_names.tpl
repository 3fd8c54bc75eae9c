{{- define "refund-saga.fullname" -}}
{{- .Values.fullnameOverride | default .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Of one worker: takes { root, name, worker }, as everything below that says "of one worker". */}}
{{- define "refund-saga.worker" -}}
{{- printf "%s-%s" (include "refund-saga.fullname" .root) .name -}}
{{- end -}}

{{- define "refund-saga.selector" -}}
app.kubernetes.io/name: refund-saga
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "refund-saga.labels" -}}
{{ include "refund-saga.commonLabels" .root }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "refund-saga.commonLabels" -}}
app.kubernetes.io/name: refund-saga
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "refund-saga.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}{{ .repository }}@{{ .digest }}{{- else -}}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{- end -}}
{{- end -}}
{{- end -}}
