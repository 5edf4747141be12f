/*
 * Directives that are not carried out here: see ungiven.h.
 */
#include "config.h"

#include "define/ungiven.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "define/service.h"
#include "define/value.h"
#include "message.h"

/* What orders units, binds them and explains them: a service alone has none. */
static const char *const of_units[] = {
	"After", "AllowIsolate", "Before", "BindsTo", "CollectMode",
	"Conflicts", "DefaultDependencies", "Documentation", "FailureAction",
	"FailureActionExitStatus", "IgnoreOnIsolate", "JobRunningTimeoutSec",
	"JobTimeoutAction", "JobTimeoutRebootArgument", "JobTimeoutSec",
	"JoinsNamespaceOf", "OnFailure", "OnFailureJobMode", "OnSuccess",
	"OnSuccessJobMode", "PartOf", "PropagatesReloadTo",
	"PropagatesStopTo", "RebootArgument", "RefuseManualStart",
	"RefuseManualStop", "ReloadPropagatedFrom", "Requires",
	"RequiresMountsFor", "Requisite", "SourcePath", "StartLimitAction",
	"StopPropagatedFrom", "StopWhenUnneeded", "SuccessAction",
	"SuccessActionExitStatus", "SurviveFinalKillSignal", "Upholds",
	"Wants", "WantsMountsFor",
};

static const char *const of_services[] = {
	"AllowedCPUs", "AllowedMemoryNodes", "AppArmorProfile",
	"BindPaths", "BindReadOnlyPaths", "BlockIOAccounting",
	"BlockIODeviceWeight", "BlockIOReadBandwidth", "BlockIOWeight",
	"BlockIOWriteBandwidth", "CPUAccounting", "CPUQuota",
	"CPUQuotaPeriodSec", "CPUShares", "CPUWeight",
	"DefaultMemoryLow", "DefaultMemoryMin", "Delegate", "DeviceAllow",
	"DevicePolicy", "DisableControllers", "ExecPaths", "ExtensionImages",
	"IOAccounting", "IODeviceLatencyTargetSec", "IODeviceWeight",
	"IOReadBandwidthMax", "IOReadIOPSMax", "IOWeight",
	"IOWriteBandwidthMax", "IOWriteIOPSMax", "IPAccounting",
	"IPAddressAllow", "IPAddressDeny", "IPCNamespacePath",
	"IPEgressFilterPath", "IPIngressFilterPath", "InaccessibleDirectories",
	"InaccessiblePaths", "KeyringMode", "ManagedOOMMemoryPressure",
	"ManagedOOMMemoryPressureLimit", "ManagedOOMPreference",
	"ManagedOOMSwap", "MemoryAccounting", "MemoryDenyWriteExecute",
	"MemoryHigh", "MemoryLimit", "MemoryLow", "MemoryMax", "MemoryMin",
	"MemorySwapMax", "MountAPIVFS", "MountFlags", "MountImages",
	"NUMAMask", "NUMAPolicy", "NetworkNamespacePath", "NoExecPaths",
	"OOMPolicy", "PrivateDevices", "PrivateIPC", "PrivateMounts",
	"PrivateNetwork", "PrivatePIDs", "PrivateTmp", "PrivateUsers",
	"ProcSubset", "ProtectClock", "ProtectControlGroups", "ProtectHome",
	"ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules",
	"ProtectKernelTunables", "ProtectProc", "ProtectSystem",
	"ReadOnlyDirectories", "ReadOnlyPaths", "ReadWriteDirectories",
	"ReadWritePaths", "RemoveIPC", "RestrictAddressFamilies",
	"RestrictFileSystems", "RestrictNamespaces",
	"RestrictNetworkInterfaces", "RestrictRealtime", "RestrictSUIDSGID",
	"SELinuxContext", "Slice", "SmackProcessLabel", "SocketBindAllow",
	"SocketBindDeny", "StartupAllowedCPUs", "StartupAllowedMemoryNodes",
	"StartupBlockIOWeight", "StartupCPUShares", "StartupCPUWeight",
	"StartupIOWeight", "SystemCallArchitectures", "SystemCallErrorNumber",
	"SystemCallFilter", "SystemCallLog", "TasksAccounting", "TasksMax",
	"TemporaryFileSystem", "UtmpIdentifier", "UtmpMode",
};

static int
compare(const void *key, const void *item)
{
	return strcmp(key, *(const char *const *)item);
}

bool
ungiven_is_known(const char *key, bool in_unit)
{
	const char *const *list = in_unit ? of_units : of_services;
	const size_t count = in_unit ?
	    sizeof(of_units) / sizeof(of_units[0]) :
	    sizeof(of_services) / sizeof(of_services[0]);

	return bsearch(key, list, count, sizeof(list[0]), compare) != NULL;
}

static bool
is_of(const char *assignment, const char *key)
{
	const size_t length = strlen(key);

	return strncmp(assignment, key, length) == 0 &&
	    assignment[length] == '=';
}

void
ungiven_note(struct service *s, const char *key, const char *value)
{
	struct strings kept = { 0 };
	char *assignment;
	bool on = true;

	if (*value == '\0' || (value_parse_bool(value, &on) == NULL && !on)) {
		for (size_t i = 0; i < s->ungiven.count; i++) {
			if (!is_of(s->ungiven.items[i], key))
				strings_add(&kept, s->ungiven.items[i]);
		}
		strings_clear(&s->ungiven);
		s->ungiven = kept;
		return;
	}
	if (asprintf(&assignment, "%s=%s", key, value) == -1)
		message_die("out of memory");
	strings_add(&s->ungiven, assignment);
	free(assignment);
}

void
ungiven_keys(const struct service *s, struct strings *ret)
{
	char *key;
	size_t j;

	*ret = (struct strings){ 0 };
	for (size_t i = 0; i < s->ungiven.count; i++) {
		key = text_copy(s->ungiven.items[i]);
		key[strcspn(key, "=")] = '\0';
		for (j = 0; j < ret->count; j++) {
			if (strcmp(ret->items[j], key) == 0)
				break;
		}
		if (j == ret->count)
			strings_add(ret, key);
		free(key);
	}
}
