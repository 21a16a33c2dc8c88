#include "host/plugin/watched_files.hpp"

#include <algorithm>

namespace backplane::host {

void WatchedFiles::note(const std::string& file, FileEvent event, TimePoint now) {
  const bool renamed = event == FileEvent::kRenamed;
  const auto [it, is_first] = notes_.try_emplace(file, Note{renamed, now, now});
  Note& note = it->second;
  if (!is_first && note.renamed != renamed) note.first = now;
  note.renamed = renamed;
  note.last = now;
}

WatchVerdict WatchedFiles::look(const FileScan& scan, TimePoint now) {
  WatchVerdict verdict;
  for (const auto& [name, identity] : scan) {
    see(name, identity, now);
    File& file = files_.at(name);
    if (file.settled || now < due(name, file)) continue;
    file.settled = true;
    file.told = true;
    verdict.settled.push_back({name, identity, file.at_start});
  }
  for (auto it = files_.begin(); it != files_.end();) {
    auto& [name, file] = *it;
    const bool is_there = scan.count(name) > 0;
    // What is taken away to make room for its successor is not gone yet.
    if (!is_there) file.gone_since = std::min(file.gone_since, now);
    if (is_there || now < file.gone_since + settle_) {
      ++it;
      continue;
    }
    if (file.told) verdict.removed.push_back(name);
    it = files_.erase(it);
  }
  std::erase_if(notes_, [this](const auto& entry) {
    const auto file = files_.find(entry.first);
    return !entry.second.renamed || file == files_.end() || file->second.settled ||
           file->second.gone_since != kNever;
  });
  looked_ = true;
  return verdict;
}

TimePoint WatchedFiles::next_look() const {
  TimePoint next = kNever;
  for (const auto& [name, note] : notes_) next = std::min(next, due(note));
  for (const auto& [name, file] : files_) {
    if (file.gone_since != kNever) {
      next = std::min(next, file.gone_since + settle_);
    } else if (!file.settled) {
      next = std::min(next, due(name, file));
    }
  }
  return next;
}

void WatchedFiles::see(const std::string& name, const FileIdentity& identity, TimePoint now) {
  const auto [it, is_new] = files_.try_emplace(name);
  File& file = it->second;
  file.gone_since = kNever;
  if (!is_new && file.identity == identity) return;
  file.identity = identity;
  file.since = now;
  file.at_start = !looked_;
  file.settled = false;
}

TimePoint WatchedFiles::due(const Note& note) const {
  // Whoever renames again and again always leaves a whole file: it does not wait for ever.
  return note.renamed ? std::min(note.last + settle_, note.first + quiet_) : note.first + settle_;
}

TimePoint WatchedFiles::due(const std::string& name, const File& file) const {
  const auto note = notes_.find(name);
  if (note != notes_.end() && note->second.renamed) return due(note->second);
  return file.since + quiet_;
}

}  // namespace backplane::host
