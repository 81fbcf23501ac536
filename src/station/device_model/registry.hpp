// The one typed registry of variables: what the engine is set to do. OCPP 1.6 configuration keys and 2.x
// variables are views of it.
//
// A change has two steps, so that nothing holds before it is durable:
//     Change change = registry.prepare("HeartbeatInterval", "60");
//     effects.records <- change.records;              // none when it was refused
//     ... after the commit:  for (Variable variable : registry.apply(change)) react(variable);
// Between the two the registry shows the old values. Changes are applied in the order they were prepared; a
// change that is never applied leaves no trace.
#pragma once

#include "station/device_model/configuration_key.hpp"
#include "station/device_model/variable.hpp"
#include "store/journal.hpp"

#include <array>
#include <chrono>
#include <map>

namespace ladestrom::station {

// How a device's profile shows one key differently from the standard. Values stay with the variables, so
// hiding a key loses nothing.
struct KeyAdjustment {
    std::string key;  // the standard spelling
    bool hidden = false;
    std::optional<std::string> spelling;
    std::optional<Access> access;
    std::optional<bool> reboot_required;
    std::optional<std::int64_t> minimum, maximum;  // within the variable's own range
};

struct RegistryOptions {
    int number_of_connectors = 1;
    bool tls = false;            // the backend's URL is wss://
    std::string basic_password;  // HTTP Basic, until AuthorizationKey sets another; empty: none
    std::vector<FeatureProfile> feature_profiles{FeatureProfile::core, FeatureProfile::remote_trigger};
    std::vector<Measurand> measurands;  // what the meter can tell; empty: default_measurands()
    int phases = 3;                     // of the EVSE that has most
    bool resumes = true;                // transactions go on after a power cut
    std::vector<KeyAdjustment> adjustments;
    // Initial values by OCPP 1.6 key, or by the full name of a variable that no key shows; what was changed
    // later, and stands in the journal, wins.
    std::map<std::string, std::string, std::less<>> keys;
};

// What hardware::MeterReading carries and the engine offers.
std::span<const Measurand> default_measurands();

struct KeyValue {
    std::string key;  // the station's own spelling
    bool read_only = false;
    std::optional<std::string> value;  // none: write-only
};
struct KeyReport {
    std::vector<KeyValue> known;
    std::vector<std::string> unknown;  // as asked
};

enum class ChangeOutcome : std::uint8_t { accepted, reboot_required, rejected, not_supported };

struct Change {
    ChangeOutcome outcome = ChangeOutcome::rejected;
    std::string reason;  // of a refusal, for the log; never contains a secret
    std::vector<Assignment> assignments;
    store::Batch records;  // one atomic batch; one record per assignment
};

class Registry {
public:
    // Fails with the key, the value and what is expected.
    static Result<void> check(const RegistryOptions& options);

    // Checked options. journal: everything durable; records of other kinds are passed over, and a value this
    // program does not accept is passed over and named in unusable().
    Registry(const RegistryOptions& options, const store::Batch& journal);

    // The variable's type must be the one asked for.
    bool boolean(Variable variable) const;
    std::int64_t integer(Variable variable) const;
    std::chrono::seconds interval(Variable variable) const;
    const std::string& text(Variable variable) const;  // text, list, bytes
    const std::vector<MeasurandSelection>& measurands(Variable variable) const;

    const Value& value(Variable variable) const;
    Range range(Variable variable) const;
    bool enabled(FeatureProfile profile) const;

    // OCPP 1.6 ChangeConfiguration. The key in any case.
    Change prepare(std::string_view key, std::string_view text) const;
    // The engine's own writes, local pages, 2.x SetVariables. Refused outside the range and when derived.
    Change prepare(Variable variable, Value value) const;
    Change prepare(std::vector<Assignment> assignments) const;
    // 2.x SetVariables: the text as 2.x writes it, within what the key that shows the variable allows.
    Change prepare_text(Variable variable, std::string_view text) const;
    // Of the variable in 2.x: that of the key that shows it.
    Access access(Variable variable) const;
    std::span<const Measurand> measurands() const { return measurands_; }
    // The change is durable: it holds from now on. Returns the variables whose value differs from before,
    // derived ones included.
    std::vector<Variable> apply(const Change& change);

    // The variable's record as the journal should have it now; an erasure when nobody has changed it.
    store::Record stored(Variable variable) const;

    // OCPP 1.6 GetConfiguration: the keys asked for, in any case, or all of them. Fails when more are asked
    // for than GetConfigurationMaxKeys.
    Result<KeyReport> report(std::span<const std::string> keys = {}) const;

    // Journal keys of stored values that could not be used.
    const std::vector<std::string>& unusable() const { return unusable_; }

private:
    // A key with its profile's adjustments.
    struct KeyView {
        const KeyRow* row;
        std::string spelling;
        Access access;
        bool reboot_required;
    };

    Result<void> adjust(const std::vector<KeyAdjustment>& adjustments);
    Result<void> set_initial(const RegistryOptions& options);
    Result<void> set_initial(const VariableRow& row, std::string_view text);
    void load(const store::Batch& journal);
    void derive();
    Result<void> acceptable(Variable variable, const Value& value) const;
    const KeyView* find(std::string_view key) const;
    const KeyView* key_of(Variable variable) const;
    KeyValue show(const KeyView& view) const;

    explicit Registry(const RegistryOptions& options);

    std::array<Value, variable_count> values_;
    std::array<Range, variable_count> ranges_;
    std::vector<KeyView> views_;
    std::vector<FeatureProfile> feature_profiles_;
    std::vector<Measurand> measurands_;
    std::vector<std::string> unusable_;
    std::array<bool, variable_count> changed_{};  // the value stands in the journal
    int number_of_connectors_ = 1;
    int phases_ = 3;
    bool tls_ = false;
};

}  // namespace ladestrom::station
