/* SPDX-License-Identifier: Apache-2.0 */
/* SentencePiece (Kudo, Richardson 2018) for C. */
#include "report/sentencepiece.h"

#include <cstdio>
#include <exception>
#include <memory>
#include <vector>

#include <sentencepiece_processor.h>

using sentencepiece::SentencePieceProcessor;

extern "C" void *tm_sentencepiece_open(const char *bytes, size_t n, char *ret_message, size_t size)
{
    try {
        auto model = std::make_unique<SentencePieceProcessor>();
        const auto status = model->LoadFromSerializedProto(absl::string_view(bytes, n));
        if (status.ok())
            return model.release();
        std::snprintf(ret_message, size, "%s", status.ToString().c_str());
    } catch (const std::exception &error) {
        std::snprintf(ret_message, size, "%s", error.what());
    }
    return nullptr;
}

extern "C" void tm_sentencepiece_close(void *model)
{
    delete static_cast<SentencePieceProcessor *>(model);
}

extern "C" int64_t tm_sentencepiece_count(void *model, const char *text, size_t n)
{
    try {
        std::vector<int> ids;
        const auto *processor = static_cast<const SentencePieceProcessor *>(model);
        return processor->Encode(absl::string_view(text, n), &ids).ok()
                   ? static_cast<int64_t>(ids.size()) : -1;
    } catch (const std::exception &) {
        return -1;
    }
}
